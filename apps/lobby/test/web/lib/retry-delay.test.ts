import assert from "node:assert/strict";
import { test } from "node:test";
import { retryDelayMs } from "../../../web/lib/retry-delay.ts";

/** Returns the longest delay before each of the first retries. */
function bounds(isRestart: boolean, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.round(retryDelayMs(index + 1, isRestart, 1)));
}

test("after a lost connection, the first retry is early and later ones are rarer", () => {
  assert.deepEqual(bounds(false, 11), [300, 480, 768, 1229, 1966, 3146, 5033, 8053, 12_885, 15_000, 15_000]);
  assert.equal(retryDelayMs(10_000, false, 1), 15_000);
});

test("after a restart, even the first retry has a bound of 4 s", () => {
  assert.deepEqual(bounds(true, 10), [4_000, 4_000, 4_000, 4_000, 4_000, 4_000, 5_033, 8_053, 12_885, 15_000]);
});

test("every delay is a random share of its bound, so that clients spread out", () => {
  for (const isRestart of [true, false]) {
    for (const attempt of [1, 2, 5, 20]) {
      const boundMs = retryDelayMs(attempt, isRestart, 1);
      for (const random of [0, 0.25, 0.5, 0.75]) {
        assert.equal(retryDelayMs(attempt, isRestart, random), random * boundMs);
      }
    }
  }
  const delaysMs = new Set(Array.from({ length: 100 }, () => retryDelayMs(1, true)));
  assert.ok(delaysMs.size > 90, "each page draws its own random number");
});
