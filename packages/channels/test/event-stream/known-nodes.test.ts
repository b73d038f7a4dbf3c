import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { KnownNodes } from "../../src/event-stream/known-nodes.ts";

const succeed = async (): Promise<void> => undefined;
const fail = (): Promise<void> => Promise.reject(new Error("no layer"));

test("a node rules out others a second after its first hello, and lets questions wait until then", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const nodes = new KnownNodes(succeed);
  await nodes.start();
  const [late, invented] = [nodes.exists("b"), nodes.exists("c")];
  assert.equal(nodes.heard("b"), true);
  assert.equal(await late, true);
  t.mock.timers.tick(1_000);
  assert.deepEqual(await Promise.all([invented, nodes.exists("d")]), [false, false]);
  nodes.stop();
});

test("a node forgets another that misses its hellos, and knows it again after the next one", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let hellos = 0;
  const nodes = new KnownNodes(async () => void (hellos += 1));
  await nodes.start();
  nodes.heard("b");
  t.mock.timers.tick(1_000);
  for (let missed = 0; missed < 3; missed += 1) await pass(t, 10_000);
  assert.equal(nodes.heard("b"), false, "three missed hellos are not enough");
  for (let missed = 0; missed < 4; missed += 1) await pass(t, 10_000);
  assert.equal(await nodes.exists("b"), false);
  assert.equal(nodes.heard("b"), true);
  assert.equal(await nodes.exists("b"), true);
  assert.equal(hellos, 8);
  nodes.stop();
  await pass(t, 20_000);
  assert.equal(hellos, 8);
});

test("a node forgets no other while the layer is away", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let sayHello = succeed;
  const nodes = new KnownNodes(() => sayHello());
  await nodes.start();
  nodes.heard("b");
  t.mock.timers.tick(1_000);
  sayHello = fail;
  for (let missed = 0; missed < 10; missed += 1) await pass(t, 10_000);
  assert.equal(await nodes.exists("b"), true);
  nodes.stop();
});

test("the first hello passes on its error, and can be repeated", async () => {
  let sayHello = fail;
  const nodes = new KnownNodes(() => sayHello());
  await assert.rejects(nodes.start(), /no layer/);
  sayHello = succeed;
  await nodes.start();
  nodes.stop();
});

/** Moves the clock, and lets the callbacks of its timers finish. */
async function pass(t: { readonly mock: { readonly timers: { tick(ms: number): void } } }, ms: number): Promise<void> {
  t.mock.timers.tick(ms);
  await nextTurn();
}
