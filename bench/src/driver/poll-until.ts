import { setTimeout as delay } from "node:timers/promises";

const POLL_INTERVAL_MS = 10;
const STALL_TIMEOUT_MS = 15_000;

/**
 * Polls until the condition holds, and gives up 15 seconds after the last progress.
 * @param progress Returns a number that changes while there is progress.
 * @returns Whether the condition holds.
 */
export async function pollUntil(condition: () => boolean, progress: () => number): Promise<boolean> {
  let [lastProgress, changedAtMs] = [progress(), performance.now()];
  while (!condition()) {
    if (progress() !== lastProgress) [lastProgress, changedAtMs] = [progress(), performance.now()];
    else if (performance.now() - changedAtMs > STALL_TIMEOUT_MS) return false;
    await delay(POLL_INTERVAL_MS);
  }
  return true;
}
