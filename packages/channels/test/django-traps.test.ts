/**
 * The traps of Django Channels that this package must not inherit. The first
 * tests are of those that only show when parts work together; the table at the
 * end says which test stands against each of the others.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import {
  consumer,
  InMemoryChannelLayer,
  InMemorySessionStore,
  authStack,
  route,
  urlRouter,
  type Drop,
  type SessionScope,
  type WebSocketScope,
} from "@lobby/channels";
import { WebSocketCommunicator } from "@lobby/channels/testing";
import { FakeClock } from "./support/fake-clock.ts";
import { Recorder } from "./support/recorder.ts";

const DAY_MS = 86_400_000;

test("trap 1: a failed handler leaves nobody behind in a group that was joined by hand", async () => {
  const layer = new InMemoryChannelLayer({ capacity: 1 });
  const application = consumer(Recorder, [], {
    receive: async (self) => {
      await self.groupAdd("by hand");
      await layer.groupAdd("by name", self.channelName);
      throw new Error("boom");
    },
  });
  const client = new WebSocketCommunicator(application, "/", { layer });
  await client.connect();
  client.send("go");
  assert.equal((await client.receiveClose()).code, 1011);
  await client.settled();
  for (const group of ["by hand", "by name"]) {
    for (const text of ["1", "2", "3"]) await layer.groupSend(group, { type: "note", text });
  }
  await client.settled();
  assert.equal(layer.dropped, 0);
});

/** Fills a channel of capacity 2 with the ids 1 to 3, and tells which arrived. */
async function fill(send: (layer: InMemoryChannelLayer, id: string) => Promise<void>): Promise<unknown[]> {
  const drops: Drop[] = [];
  const [log, gate] = [[] as string[], Promise.withResolvers<void>()];
  const layer = new InMemoryChannelLayer({ capacity: 2, onDrop: (drop) => drops.push(drop) });
  const script = { groups: ["room"], receive: () => gate.promise };
  const client = new WebSocketCommunicator(consumer(Recorder, log, script), "/", { layer });
  await layer.groupAdd("room", "worker");
  await client.connect();
  await client.settled();
  client.send("hold");
  for (const id of ["1", "2", "3"]) await send(layer, id).catch(() => undefined);
  gate.resolve();
  await client.settled();
  const handled = log.filter((line) => line.startsWith("note")).map((line) => line.slice(5));
  const worker = [];
  for (let left = 2; left > 0; left -= 1)
    worker.push(((await layer.receive("worker")) as unknown as { text: string }).text);
  return [handled, worker, drops.map(({ reason }) => reason)];
}

describe("trap 3: the newest message is dropped and counted, wherever there is no room", () => {
  test("by a group, at a connection and at a worker", async () => {
    const sent = fill((layer, text) => layer.groupSend("room", { type: "note", text }));
    assert.deepEqual(await sent, [
      ["1", "2"],
      ["1", "2"],
      ["full", "full"],
    ]);
  });

  test("by a direct send, at a worker", async () => {
    const sent = fill((layer, text) => layer.send("worker", { type: "note", text }));
    assert.deepEqual(await sent, [[], ["1", "2"], ["full"]]);
  });
});

test("trap 7: a connection that lives is in its groups after days, a dead worker is not after its lease", async () => {
  const clock = new FakeClock();
  const layer = new InMemoryChannelLayer({ capacity: 1, leaseMs: 30_000, now: clock.now });
  const log: string[] = [];
  const client = new WebSocketCommunicator(consumer(Recorder, log, { groups: ["room"] }), "/", { layer });
  await client.connect();
  await client.settled();
  await layer.groupAdd("room", "worker that crashed");
  clock.advance(7 * DAY_MS);
  for (const text of ["1", "2", "3"]) {
    await layer.groupSend("room", { type: "note", text });
    await client.settled();
  }
  assert.deepEqual(log, ["connect", "note 1", "note 2", "note 3"]);
  assert.equal(layer.dropped, 0);
});

test("trap 10: a scanner's path is answered with 404, and no consumer, report or exception comes of it", async () => {
  const log: string[] = [];
  const router = urlRouter([route("/ws/chat/:room/", consumer(Recorder, log))]);
  for (const path of ["/", "/wp-login.php", "/ws/chat/../../etc/passwd", "/ws/chat/lobby"]) {
    const client = new WebSocketCommunicator(router, path);
    const result = await client.connect();
    assert.equal(result.accepted || result.status, 404, path);
    assert.deepEqual(client.reports, []);
  }
  assert.deepEqual(log, []);
});

test("trap 16: what a socket writes to its session is there for the next request, without a word of saving", async () => {
  const store = new InMemorySessionStore();
  store.save("known", {}, 60);
  class Counter extends Recorder {
    override async receive(): Promise<void> {
      const { session } = this.scope as WebSocketScope & SessionScope;
      await session.set("visits", 1);
    }
  }
  const withAuth = authStack({ sessions: { store }, users: { loadUser: () => undefined } });
  const headers = { cookie: "sessionid=known" };
  const client = new WebSocketCommunicator(withAuth(consumer(Counter, [])), "/", { headers });
  await client.connect();
  client.send("count me");
  await client.disconnect();
  assert.deepEqual(store.load("known"), { visits: 1 });
});

/** Traps that have their test where they belong. */
const ELSEWHERE: readonly [trap: string, file: string, title: string][] = [
  ["1: an error skips disconnect", "consumer-errors.test.ts", "what waited is not handled, disconnect runs"],
  ["2: any method can be called by a message", "events.test.ts", "reaches nothing when it is called"],
  [
    "3: capacity is per process",
    "consumer-limits.test.ts",
    "are bounded by the layer's capacity, each connection for itself",
  ],
  ["4: channel_capacity raises on first use", "layers/memory.test.ts", "Django's name of an option"],
  ["7: a membership outlives a crash", "layers/mailbox.test.ts", "lasts as long as its lease when nobody receives"],
  ["8: options without effect", "layers/memory.test.ts", "an option it does not know"],
  ["10: a route error is a 500", "routing.test.ts", "answers a path without a route with 404"],
  ["11: empty frames vanish", "generic/websocket.test.ts", "an empty text"],
  ["11: close codes and reasons vanish", "close-codes.test.ts", "reaches the client with both"],
  ["11: accept headers vanish", "cookies.test.ts", "sets cookies on the handshake of a WebSocket that is"],
  ["12: denied sockets are disconnected", "consumer-handshake.test.ts", "and never a disconnect or an event"],
  ["14: a worker is deaf without a sign", "worker-deaf.test.ts", "says so at once, once, and why"],
  ["14: a worker queues without a limit", "worker.test.ts", "takes no more than it has handlers free for"],
  [
    "15: names let a line break through, or stop at 99",
    "layers/names.test.ts",
    "that differs by a trailing line break",
  ],
  ["16: a logout is not noticed", "auth.test.ts", "notices when they log out elsewhere"],
  ["17: a time-out kills the application", "testing/websocket.test.ts", "leaves the application alive"],
];

describe("every other trap has its test", () => {
  for (const [trap, file, title] of ELSEWHERE) {
    test(`trap ${trap}: see ${file}`, async () => {
      const text = await readFile(new URL(file, import.meta.url), "utf8");
      assert.ok(text.includes(title), `no test of ${file} is called "… ${title} …"`);
    });
  }
});
