/** The memory of a server that has nothing to do. */
import { setTimeout as delay } from "node:timers/promises";
import { residentBytes } from "./usage.ts";

const STEP_MS = 250;
const TIMEOUT_MS = 10_000;
/** What may still move when memory counts as settled. */
const STILL_BYTES = 524_288;

/** Resident memory of these processes together, once they have cleared up and it stays as it is. */
export async function settledBytes(pids: readonly number[]): Promise<number> {
  const deadlineMs = performance.now() + TIMEOUT_MS;
  for (let last = Number.POSITIVE_INFINITY; ;) {
    for (const pid of pids) process.kill(pid, "SIGUSR2");
    await delay(STEP_MS);
    const bytes = residentBytes(pids);
    if (Math.abs(bytes - last) < STILL_BYTES || performance.now() > deadlineMs) return bytes;
    last = bytes;
  }
}
