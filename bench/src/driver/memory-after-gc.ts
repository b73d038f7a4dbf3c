import { setTimeout as delay } from "node:timers/promises";
import { residentBytes } from "./usage-meter.ts";

const INTERVAL_MS = 250;
const TIMEOUT_MS = 10_000;
/** Two readings that differ by less than this count as stable. */
const STABLE_BYTES = 524_288;

/**
 * Asks processes to collect garbage (SIGUSR2) until their memory is stable, for at most 10 seconds.
 * @returns Their resident memory together, in bytes.
 */
export async function residentBytesAfterGc(pids: readonly number[]): Promise<number> {
  const deadlineMs = performance.now() + TIMEOUT_MS;
  for (let last = Number.POSITIVE_INFINITY; ;) {
    for (const pid of pids) process.kill(pid, "SIGUSR2");
    await delay(INTERVAL_MS);
    const bytes = residentBytes(pids);
    if (Math.abs(bytes - last) < STABLE_BYTES || performance.now() > deadlineMs) return bytes;
    last = bytes;
  }
}
