/** Waiting for something that takes as long as it takes, but not for something that stands still. */
import { setTimeout as delay } from "node:timers/promises";

const LOOK_EVERY_MS = 10;
const PATIENCE_MS = 15_000;

/**
 * @param position A number that changes as long as there is progress.
 * @returns Whether the condition came to hold; false after fifteen seconds without progress.
 */
export async function until(condition: () => boolean, position: () => number): Promise<boolean> {
  let [seen, movedAtMs] = [position(), performance.now()];
  while (!condition()) {
    if (position() !== seen) [seen, movedAtMs] = [position(), performance.now()];
    else if (performance.now() - movedAtMs > PATIENCE_MS) return false;
    await delay(LOOK_EVERY_MS);
  }
  return true;
}
