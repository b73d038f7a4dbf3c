/** The wheel on which connections stand that want a turn once per interval. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Heartbeat, type HeartbeatTarget } from "@lobby/channels/server";

const INTERVAL_MS = 1_600;

class CountingHeart implements HeartbeatTarget {
  beats = 0;
  beat(): void {
    this.beats += 1;
  }
}

/** A wheel with so many hearts on it. */
function start(t: TestContext, size: number): { readonly heartbeat: Heartbeat; readonly hearts: CountingHeart[] } {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const heartbeat = new Heartbeat(INTERVAL_MS);
  const hearts = Array.from({ length: size }, () => new CountingHeart());
  for (const heart of hearts) heartbeat.add(heart);
  return { heartbeat, hearts };
}

test("every heart beats once per interval, wherever on the wheel it stands", (t) => {
  const { hearts } = start(t, 40);
  t.mock.timers.tick(INTERVAL_MS);
  assert.deepEqual(new Set(hearts.map(({ beats }) => beats)), new Set([1]));
  t.mock.timers.tick(INTERVAL_MS * 9);
  assert.deepEqual(new Set(hearts.map(({ beats }) => beats)), new Set([10]));
});

test("the beats of many are spread over the interval", (t) => {
  const { hearts } = start(t, 32);
  t.mock.timers.tick(INTERVAL_MS / 4);
  assert.equal(hearts.filter(({ beats }) => beats === 1).length, 8);
});

test("one timer serves ten thousand, ends with the last of them, and begins again with the next", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const started = t.mock.method(globalThis, "setInterval");
  const ended = t.mock.method(globalThis, "clearInterval");
  const heartbeat = new Heartbeat(INTERVAL_MS);
  assert.equal(started.mock.callCount(), 0);
  const hearts = Array.from({ length: 10_000 }, () => new CountingHeart());
  for (const heart of hearts) heartbeat.add(heart);
  t.mock.timers.tick(INTERVAL_MS);
  for (const heart of hearts.slice(1)) heartbeat.delete(heart);
  assert.deepEqual([started.mock.callCount(), ended.mock.callCount()], [1, 0]);
  for (const heart of hearts.slice(0, 1)) heartbeat.delete(heart);
  assert.deepEqual([started.mock.callCount(), ended.mock.callCount()], [1, 1]);
  t.mock.timers.tick(INTERVAL_MS * 2);
  assert.ok(hearts.every(({ beats }) => beats === 1));
  const next = new CountingHeart();
  heartbeat.add(next);
  t.mock.timers.tick(INTERVAL_MS);
  assert.equal(next.beats, 1);
});

test("what was taken off beats no more, and what was never on does not stop the others", (t) => {
  const { heartbeat, hearts } = start(t, 2);
  const [taken, left] = hearts as [CountingHeart, CountingHeart];
  heartbeat.delete(taken);
  heartbeat.delete(taken);
  heartbeat.delete(new CountingHeart());
  t.mock.timers.tick(INTERVAL_MS * 2);
  assert.deepEqual([taken.beats, left.beats], [0, 2]);
});
