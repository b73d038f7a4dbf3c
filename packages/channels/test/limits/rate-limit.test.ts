import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RateLimit } from "@lobby/channels";

describe("A rate limit", () => {
  const clock = { nowMs: 0 };
  const nowMs = (): number => clock.nowMs;

  test("accepts a burst, and then one for each interval", () => {
    const limit = new RateLimit({ burst: 3, perSecond: 2, nowMs });
    assert.deepEqual(
      times(4, () => limit.take("a")),
      [0, 0, 0, 500],
    );
    clock.nowMs += 500;
    assert.deepEqual(
      times(2, () => limit.take("a")),
      [0, 500],
    );
    clock.nowMs += 60_000;
    assert.deepEqual(
      times(4, () => limit.take("a")),
      [0, 0, 0, 500],
    );
  });

  test("returns the exact time after which the same call succeeds, for any rate", () => {
    for (const perSecond of [1 / 180, 0.3, 1, 7, 50, 333]) {
      const limit = new RateLimit({ burst: 5, perSecond, nowMs });
      for (let call = 0; call < 2_000; call += 1) {
        const waitMs = limit.take("a");
        if (waitMs === 0) continue;
        assert.ok(Number.isInteger(waitMs) && waitMs <= Math.ceil(1000 / perSecond));
        clock.nowMs += waitMs - 1;
        assert.equal(limit.take("a"), 1);
        clock.nowMs += 1;
        assert.equal(limit.take("a"), 0);
      }
    }
  });

  test("does not count a refused call", () => {
    const limit = new RateLimit({ burst: 1, perSecond: 1, nowMs });
    assert.deepEqual(
      times(100, () => limit.take("a")),
      [0, ...times(99, () => 1000)],
    );
    clock.nowMs += 1000;
    assert.equal(limit.take("a"), 0);
  });

  test("tells the wait without counting", () => {
    const limit = new RateLimit({ burst: 1, perSecond: 1, nowMs });
    assert.deepEqual(
      times(3, () => limit.waitMs("a")),
      [0, 0, 0],
    );
    assert.equal(limit.size, 0);
    limit.take("a");
    assert.equal(limit.waitMs("a"), 1000);
  });

  test("has a score for each key", () => {
    const limit = new RateLimit({ burst: 1, perSecond: 1, nowMs });
    assert.deepEqual([limit.take("a"), limit.take("b"), limit.take("a")], [0, 0, 1000]);
  });

  test("uses the rate that a key has at the time of the call", () => {
    const limit = new RateLimit({ burst: 60, perSecond: 10, nowMs });
    times(60, () => limit.take("a", 10));
    assert.deepEqual([limit.waitMs("a", 10), limit.waitMs("a", 50)], [100, 20]);
    clock.nowMs += 1000;
    const accepted = times(100, () => limit.take("a", 50)).filter((waitMs) => waitMs === 0).length;
    assert.equal(accepted, 50);
  });

  test("keeps at most `maxKeys` scores, and gives further keys one score together", () => {
    const limit = new RateLimit({ burst: 2, perSecond: 1, maxKeys: 1_000, nowMs });
    times(1_000, (index) => limit.take(`key ${index}`));
    assert.deepEqual(
      ["x", "y", "z"].map((key) => limit.take(key)),
      [0, 0, 1000],
    );
    assert.equal(limit.size, 1_000);
  });

  test("forgets no score that has not fallen to zero, even in a flood of other keys", () => {
    const limit = new RateLimit({ burst: 10, perSecond: 1, maxKeys: 1_000, nowMs });
    times(10, () => limit.take("attacker"));
    for (let second = 1; second <= 30; second += 1) {
      clock.nowMs += 1000;
      times(500, (index) => limit.take(`${second} ${index}`));
      assert.deepEqual([limit.take("attacker"), limit.take("attacker")], [0, 1000], `second ${second}`);
      assert.ok(limit.size <= 1_000);
    }
  });

  test("forgets scores that have fallen to zero", () => {
    const limit = new RateLimit({ burst: 10, perSecond: 1, nowMs });
    times(1_000, (index) => limit.take(`key ${index}`));
    clock.nowMs += 10_000;
    limit.take("later");
    clock.nowMs += 10_000;
    limit.take("later");
    assert.equal(limit.size, 1);
    clock.nowMs += 20_000;
    limit.waitMs("later");
    assert.equal(limit.size, 0);
  });

  test("survives a clock that the operator sets back or forward", () => {
    const limit = new RateLimit({ burst: 2, perSecond: 1, nowMs });
    times(2, () => limit.take("a"));
    clock.nowMs -= 3_600_000;
    assert.equal(limit.take("a"), 1000);
    clock.nowMs += 7_200_000;
    assert.deepEqual(
      times(3, () => limit.take("a")),
      [0, 0, 1000],
    );
  });

  test("refuses options out of range", () => {
    for (const [options, sentence] of [
      [{ burst: 0, perSecond: 1 }, /`burst`.*got `0`/],
      [{ burst: 1.5, perSecond: 1 }, /`burst`.*got `1\.5`/],
      [{ burst: 1, perSecond: 0 }, /`perSecond`.*got `0`/],
      [{ burst: 1, perSecond: Number.NaN }, /`perSecond`.*got `NaN`/],
      [{ burst: 1, perSecond: 1, maxKeys: 0 }, /`maxKeys`.*got `0`/],
      [{ burst: 1, perSecond: 1, nowMs: 5 }, /`nowMs`.*got `5`/],
      [{ burst: 1, perSecond: 1, max: 1 }, /no option `max`/],
    ] as const) {
      assert.throws(() => new RateLimit(options as never), { code: "CHANNELS_CONFIGURATION", message: sentence });
    }
  });
});

function times<Result>(count: number, call: (index: number) => Result): Result[] {
  return Array.from({ length: count }, (_, index) => call(index));
}
