import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { WebSocketConsumer, consumer } from "@lobby/channels";
import { Heartbeat, type Heart } from "../src/heartbeat.ts";
import { soon, until } from "../../../test/support/waiting.ts";
import { Echo } from "./support/echo.ts";
import { clientFrame, Opcode } from "./support/frames.ts";
import { Peer } from "./support/peer.ts";
import { RawClient } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

const INTERVAL_MS = 1_600;

/** A peer that answers pings, or not, and what happens to it. */
class FakeHeart implements Heart {
  isAlive = true;
  pings = 0;
  losses = 0;
  readonly #answers: boolean;
  constructor(answers: boolean) {
    this.#answers = answers;
  }
  ping(): void {
    this.pings += 1;
    this.isAlive = this.#answers;
  }
  giveUp(): void {
    this.losses += 1;
  }
}

function startHeartbeat(t: TestContext): Heartbeat {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const heartbeat = new Heartbeat(INTERVAL_MS);
  t.after(() => heartbeat.stop());
  return heartbeat;
}

test("every peer is pinged once per interval, wherever on the wheel it stands", (t) => {
  const heartbeat = startHeartbeat(t);
  const hearts = Array.from({ length: 40 }, () => new FakeHeart(true));
  for (const heart of hearts) heartbeat.add(heart);
  t.mock.timers.tick(INTERVAL_MS);
  assert.deepEqual(new Set(hearts.map(({ pings }) => pings)), new Set([1]));
  t.mock.timers.tick(INTERVAL_MS * 9);
  assert.deepEqual(new Set(hearts.map(({ pings }) => pings)), new Set([10]));
  assert.ok(hearts.every(({ losses }) => losses === 0));
});

test("the pings of many peers are spread over the interval", (t) => {
  const heartbeat = startHeartbeat(t);
  const hearts = Array.from({ length: 32 }, () => new FakeHeart(true));
  for (const heart of hearts) heartbeat.add(heart);
  t.mock.timers.tick(INTERVAL_MS / 4);
  assert.equal(hearts.filter(({ pings }) => pings === 1).length, 8);
});

test("a silent peer is given up within two intervals, and not within one", (t) => {
  const heartbeat = startHeartbeat(t);
  const hearts = Array.from({ length: 16 }, () => new FakeHeart(false));
  for (const heart of hearts) heartbeat.add(heart);
  t.mock.timers.tick(INTERVAL_MS);
  assert.ok(hearts.every(({ pings, losses }) => pings === 1 && losses === 0));
  t.mock.timers.tick(INTERVAL_MS);
  assert.ok(hearts.every(({ pings, losses }) => pings === 1 && losses === 1));
});

test("one timer serves ten thousand peers, and ends with the heartbeat", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const timers = t.mock.method(globalThis, "setInterval");
  const heartbeat = new Heartbeat(INTERVAL_MS);
  const hearts = Array.from({ length: 10_000 }, () => new FakeHeart(true));
  for (const heart of hearts) heartbeat.add(heart);
  t.mock.timers.tick(INTERVAL_MS);
  assert.equal(timers.mock.callCount(), 1);
  heartbeat.stop();
  t.mock.timers.tick(INTERVAL_MS * 2);
  assert.ok(hearts.every(({ pings }) => pings === 1));
});

test("a peer that was taken off is not pinged", (t) => {
  const heartbeat = startHeartbeat(t);
  const heart = new FakeHeart(true);
  heartbeat.add(heart);
  heartbeat.delete(heart);
  t.mock.timers.tick(INTERVAL_MS * 2);
  assert.equal(heart.pings, 0);
});

test("a client that answers pings stays connected", async (t) => {
  const { wsUrl, server } = await startServer(t, { websocket: consumer(Echo) }, { pingIntervalMs: 40 });
  const peer = await Peer.open(t, wsUrl);
  await until(() => peer.pings.length >= 10, "ten pings");
  assert.equal(server.connections, 1);
});

test("a client that is silent is cut, and its consumer told 1006", async (t) => {
  const { promise, resolve } = Promise.withResolvers<number>();
  class Silent extends WebSocketConsumer {
    override disconnect(code: number): void {
      resolve(code);
    }
  }
  const { port, server } = await startServer(t, { websocket: consumer(Silent) }, { pingIntervalMs: 40 });
  const client = await RawClient.upgrade(t, port, "/");
  assert.equal((await client.frames(1))[0]?.opcode, Opcode.ping);
  assert.equal(await soon(promise, "the consumer to be told"), 1006);
  await client.rest();
  assert.equal(server.connections, 0);
});

test("a client that sends messages needs not answer pings", async (t) => {
  const { port, server } = await startServer(t, { websocket: consumer(Echo) }, { pingIntervalMs: 80 });
  const client = await RawClient.upgrade(t, port, "/");
  const talking = setInterval(() => client.send(clientFrame(Opcode.text, "still here")), 10);
  t.after(() => clearInterval(talking));
  const pings = (): number => client.allFrames().filter(({ opcode }) => opcode === Opcode.ping).length;
  await until(() => pings() >= 5, "five pings");
  assert.equal(server.connections, 1);
});

test("a client whose messages are held back by a slow handler is not taken for dead", async (t) => {
  const handled: string[] = [];
  const { promise: isAwake, resolve: wake } = Promise.withResolvers<void>();
  class Slow extends WebSocketConsumer {
    override async receive(text: string): Promise<void> {
      await isAwake;
      handled.push(text);
      this.send(text);
    }
  }
  const { wsUrl } = await startServer(t, { websocket: consumer(Slow) }, { pingIntervalMs: 20 });
  const [held, witness] = [await Peer.open(t, wsUrl), await Peer.open(t, wsUrl)];
  const texts = Array.from({ length: 100 }, (_, index) => `${index}`);
  for (const text of texts) held.send(text);
  await until(() => witness.pings.length >= 8, "several intervals to pass");
  wake();
  assert.deepEqual(await held.take(texts.length), texts);
  assert.deepEqual(handled, texts);
});
