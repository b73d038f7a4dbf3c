/** Yielding to the other events of the process. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { soon } from "@lobby/test-support/waiting";

type AfterEvents = (callback: () => void) => unknown;

/** Loads `afterEvents` in an environment with or without `setImmediate`. */
async function load(hasSetImmediate: boolean): Promise<AfterEvents> {
  const { setImmediate } = globalThis;
  if (!hasSetImmediate) Object.assign(globalThis, { setImmediate: undefined });
  try {
    const address = `../../src/internal/event-loop.ts?${hasSetImmediate}`;
    return ((await import(address)) as { readonly afterEvents: AfterEvents }).afterEvents;
  } finally {
    Object.assign(globalThis, { setImmediate });
  }
}

for (const [where, hasSetImmediate] of [
  ["in Node", true],
  ["without setImmediate", false],
] as const) {
  test(`callbacks run after the pending events, in order and without a timer, ${where}`, async (t) => {
    const afterEvents = await load(hasSetImmediate);
    t.mock.timers.enable();
    const order: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    afterEvents(() => order.push("first"));
    afterEvents(() => {
      order.push("second");
      afterEvents(() => {
        order.push("third");
        resolve();
      });
    });
    for (let step = 0; step < 100; step += 1) await Promise.resolve();
    order.push("pending event");
    t.mock.timers.reset();
    await soon(promise, "all three callbacks");
    assert.deepEqual(order, ["pending event", "first", "second", "third"]);
  });
}

test("without setImmediate, no call waits for a timer", async (t) => {
  const afterEvents = await load(false);
  const timers = t.mock.method(globalThis, "setTimeout");
  for (let count = 0; count < 100; count += 1) await new Promise<void>((resolve) => void afterEvents(resolve));
  assert.equal(timers.mock.callCount(), 0);
});
