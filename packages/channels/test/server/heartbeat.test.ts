/** The wheel that visits each connection once per interval. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Heartbeat, type HeartbeatTarget } from "@lobby/channels/server";

const INTERVAL_MS = 1_600;

class CountingTarget implements HeartbeatTarget {
  beats = 0;
  beat(): void {
    this.beats += 1;
  }
}

/** Starts a heartbeat with this number of targets. */
function start(t: TestContext, size: number): { readonly heartbeat: Heartbeat; readonly targets: CountingTarget[] } {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const heartbeat = new Heartbeat(INTERVAL_MS);
  const targets = Array.from({ length: size }, () => new CountingTarget());
  for (const target of targets) heartbeat.add(target);
  return { heartbeat, targets };
}

test("every target beats once per interval, in each slot of the wheel", (t) => {
  const { targets } = start(t, 40);
  t.mock.timers.tick(INTERVAL_MS);
  assert.deepEqual(new Set(targets.map(({ beats }) => beats)), new Set([1]));
  t.mock.timers.tick(INTERVAL_MS * 9);
  assert.deepEqual(new Set(targets.map(({ beats }) => beats)), new Set([10]));
});

test("the heartbeat spreads many targets over the interval", (t) => {
  const { targets } = start(t, 32);
  t.mock.timers.tick(INTERVAL_MS / 4);
  assert.equal(targets.filter(({ beats }) => beats === 1).length, 8);
});

test("one timer serves ten thousand targets, ends when the last one is removed, and starts again with the next", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const started = t.mock.method(globalThis, "setInterval");
  const ended = t.mock.method(globalThis, "clearInterval");
  const heartbeat = new Heartbeat(INTERVAL_MS);
  assert.equal(started.mock.callCount(), 0);
  const targets = Array.from({ length: 10_000 }, () => new CountingTarget());
  for (const target of targets) heartbeat.add(target);
  t.mock.timers.tick(INTERVAL_MS);
  for (const target of targets.slice(1)) heartbeat.delete(target);
  assert.deepEqual([started.mock.callCount(), ended.mock.callCount()], [1, 0]);
  for (const target of targets.slice(0, 1)) heartbeat.delete(target);
  assert.deepEqual([started.mock.callCount(), ended.mock.callCount()], [1, 1]);
  t.mock.timers.tick(INTERVAL_MS * 2);
  assert.ok(targets.every(({ beats }) => beats === 1));
  const next = new CountingTarget();
  heartbeat.add(next);
  t.mock.timers.tick(INTERVAL_MS);
  assert.equal(next.beats, 1);
});

test("a removed target no longer beats, and removing a target that was never added stops no other", (t) => {
  const { heartbeat, targets } = start(t, 2);
  const [removed, kept] = targets as [CountingTarget, CountingTarget];
  heartbeat.delete(removed);
  heartbeat.delete(removed);
  heartbeat.delete(new CountingTarget());
  t.mock.timers.tick(INTERVAL_MS * 2);
  assert.deepEqual([removed.beats, kept.beats], [0, 2]);
});
