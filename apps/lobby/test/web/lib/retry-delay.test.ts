import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { repeatDelayMs, retryDelayMs } from "../../../web/lib/retry-delay.ts";

/** Makes each random number this one. */
function fixRandom(t: TestContext, random: number): void {
  t.mock.method(Math, "random", () => random);
}

/** Returns the longest delay before each of the first retries. */
function bounds(t: TestContext, isRestart: boolean, count: number): number[] {
  fixRandom(t, 1);
  return Array.from({ length: count }, (_, failures) => retryDelayMs(failures, isRestart));
}

test("after a lost connection, the first retry is early and later ones are rarer", (t) => {
  assert.deepEqual(bounds(t, false, 8), [300, 600, 1_200, 2_400, 4_800, 9_600, 15_000, 15_000]);
  assert.equal(retryDelayMs(10_000, false), 15_000);
});

test("after a restart, even the first retry has a bound of 4 s", (t) => {
  assert.deepEqual(bounds(t, true, 4), [4_000, 8_000, 15_000, 15_000]);
});

test("every delay is a random share of its bound, so that clients spread out", (t) => {
  const delaysMs = new Set(Array.from({ length: 100 }, () => retryDelayMs(0, true)));
  assert.ok(delaysMs.size > 90, "each page draws its own random number");
  for (const isRestart of [true, false]) {
    for (const failures of [0, 1, 4, 19]) {
      fixRandom(t, 1);
      const boundMs = retryDelayMs(failures, isRestart);
      for (const random of [0, 0.25, 0.5, 0.75]) {
        fixRandom(t, random);
        assert.equal(retryDelayMs(failures, isRestart), random * boundMs);
      }
    }
  }
});

test("a refused message waits as long as the server says, and longer after each further refusal", (t) => {
  fixRandom(t, 1);
  const waitsMs = Array.from({ length: 7 }, (_, index) => repeatDelayMs(200, index + 1));
  assert.deepEqual(waitsMs, [200, 1_200, 2_200, 4_200, 8_200, 15_200, 15_200]);
  fixRandom(t, 0);
  assert.equal(repeatDelayMs(200, 7), 200);
});
