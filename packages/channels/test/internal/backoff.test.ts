import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { backoffDelayMs } from "../../src/internal/backoff.ts";

describe("the delay before a retry", () => {
  for (const [failures, limitMs] of [
    [0, 100],
    [1, 200],
    [2, 400],
    [3, 800],
    [5, 3_200],
    [6, 5_000],
    [20, 5_000],
    [2_000, 5_000],
  ] as const) {
    test(`is from 0 to ${limitMs} ms after ${failures} failed retries`, (t) => {
      const random = t.mock.method(Math, "random");
      for (const [drawn, delayMs] of [
        [0, 0],
        [0.25, limitMs / 4],
        [0.5, limitMs / 2],
      ] as const) {
        random.mock.mockImplementation(() => drawn);
        assert.equal(backoffDelayMs(failures, 100, 5_000), delayMs);
      }
      random.mock.mockImplementation(() => 1 - Number.EPSILON / 2);
      const longest = backoffDelayMs(failures, 100, 5_000);
      assert.ok(longest > limitMs * 0.999 && longest <= limitMs, String(longest));
    });
  }

  test("is at most the maximum when the initial limit is larger", (t) => {
    t.mock.method(Math, "random", () => 0.5);
    assert.equal(backoffDelayMs(0, 1_000, 100), 50);
  });

  test("differs between draws, over the whole range", () => {
    const delays = Array.from({ length: 1_000 }, () => backoffDelayMs(1, 100, 5_000));
    assert.ok(delays.every((delayMs) => delayMs >= 0 && delayMs < 200));
    assert.ok(Math.min(...delays) < 20, "some delays are short");
    assert.ok(Math.max(...delays) > 180, "some delays are long");
  });
});
