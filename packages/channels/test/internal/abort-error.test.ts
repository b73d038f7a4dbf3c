import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { isAbort } from "../../src/internal/abort-error.ts";

const reason = new Error("the client left");
const signal = AbortSignal.abort(reason);
const circular = new Error("circular");
circular.cause = circular;

describe("`isAbort`", () => {
  for (const [name, error, expected] of [
    ["the reason", reason, true],
    ["an error that the reason caused", new Error("no page", { cause: reason }), true],
    ["an `AbortError`", new DOMException("stop", "AbortError"), true],
    [
      "an error that an `AbortError` caused",
      new TypeError("terminated", { cause: new DOMException("", "AbortError") }),
      true,
    ],
    ["another error", new Error("a bug"), false],
    ["a timeout", new DOMException("late", "TimeoutError"), false],
    ["an error that is its own cause", circular, false],
    ["a text", "AbortError", false],
    ["undefined", undefined, false],
  ] as const) {
    test(`returns ${expected} for ${name}`, () => assert.equal(isAbort(error, reason), expected));
  }

  test("returns true for the errors of Node's own functions", async () => {
    const timer = await delay(60_000, undefined, { signal }).catch((error: unknown) => error);
    const event = await once(process, "never", { signal }).catch((error: unknown) => error);
    assert.deepEqual([isAbort(timer), isAbort(event)], [true, true]);
  });

  test("returns true for a reason that is no error", () => {
    assert.equal(isAbort("stop", "stop"), true);
    assert.equal(isAbort(undefined), false);
  });
});
