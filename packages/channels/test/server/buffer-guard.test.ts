import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { BufferGuard } from "@lobby/channels/server";

const LIMIT = 100;

function guard(t: TestContext): { readonly guard: BufferGuard; readonly closes: () => number } {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let closes = 0;
  return { guard: new BufferGuard(LIMIT, 0, () => (closes += 1)), closes: () => closes };
}

describe("the bytes that wait for a client", () => {
  test("exceed the limit when they grew over several turns", (t) => {
    const { guard: guarded, closes } = guard(t);
    for (const [turn, bytes] of [60, 80, 100].entries()) assert.equal(guarded.isExceeded(bytes, turn + 1), false);
    assert.equal(guarded.isExceeded(101, 4), true);
    t.mock.timers.tick(60_000);
    assert.equal(closes(), 0);
  });

  test("may exceed it eightfold in one turn when at most half of it waited before", (t) => {
    const { guard: guarded } = guard(t);
    assert.equal(guarded.isExceeded(50, 1), false);
    assert.equal(guarded.isExceeded(800, 1), false);
    assert.equal(guarded.isExceeded(801, 1), true);
  });

  test("may not when more than half of it waited before", (t) => {
    const { guard: guarded } = guard(t);
    assert.equal(guarded.isExceeded(51, 1), false);
    assert.equal(guarded.isExceeded(101, 1), true);
  });

  test("may stay above it for five seconds after a burst, also when more follow", (t) => {
    const { guard: guarded, closes } = guard(t);
    assert.equal(guarded.isExceeded(500, 0), false);
    t.mock.timers.tick(4_999);
    assert.equal(guarded.isExceeded(700, 1), false);
    assert.equal(closes(), 0);
    t.mock.timers.tick(1);
    assert.equal(closes(), 1);
  });

  test("may exceed it again after the client has taken a burst", (t) => {
    const { guard: guarded, closes } = guard(t);
    assert.equal(guarded.isExceeded(500, 0), false);
    assert.equal(guarded.isExceeded(10, 1), false);
    t.mock.timers.tick(4_999);
    assert.equal(guarded.isExceeded(500, 1), false);
    t.mock.timers.tick(4_999);
    assert.equal(closes(), 0);
  });
});
