/** Giving way to the rest of the process. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { soon } from "@lobby/test-support/waiting";

type AfterEvents = (callback: () => void) => unknown;

/** The function as it is with, or without, a `setImmediate`. */
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
  ["where there is no setImmediate", false],
] as const) {
  test(`what is to come after the events at hand comes later, in order, and needs no timer, ${where}`, async (t) => {
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
    order.push("at hand");
    t.mock.timers.reset();
    await soon(promise, "all three");
    assert.deepEqual(order, ["at hand", "first", "second", "third"]);
  });
}

test("without a setImmediate nothing waits for a timer, however often", async (t) => {
  const afterEvents = await load(false);
  const timers = t.mock.method(globalThis, "setTimeout");
  for (let turn = 0; turn < 100; turn += 1) await new Promise<void>((resolve) => void afterEvents(resolve));
  assert.equal(timers.mock.callCount(), 0);
});
