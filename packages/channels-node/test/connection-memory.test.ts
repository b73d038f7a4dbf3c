/** The memory that strangers can make one server hold. */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { setImmediate as nextIteration } from "node:timers/promises";
import { consumer, WebSocketConsumer } from "@lobby/channels";
import { collectGarbage } from "@lobby/test-support/garbage";
import { until } from "@lobby/test-support/waiting";
import { clientFrame, Opcode } from "./support/client-frames.ts";
import { closeOf, handshake, RawClient } from "./support/raw-client.ts";
import { watchServerSockets } from "./support/server-sockets.ts";
import { startServer } from "./support/server.ts";

const MANY = 200;
const SOME = 50;
const MAX_PAYLOAD_BYTES = 20_000;
/** The bound for input in docs/deploying.md, with this size of messages. */
const BOUND_BYTES = 5 * MAX_PAYLOAD_BYTES + 1_048_576;

/** A consumer whose handlers never end. */
class Busy extends WebSocketConsumer {
  override receive(): Promise<void> {
    return new Promise(() => undefined);
  }
  override receiveBinary(): Promise<void> {
    return this.receive();
  }
}

/** A consumer that never answers its handshake. */
class Silent extends Busy {
  override connect(): Promise<void> {
    return this.receive();
  }
}

function repeat(count: number, frame: Buffer): Buffer {
  return Buffer.alloc(frame.length * count, frame);
}

function part(content: string): Buffer {
  return clientFrame(Opcode.continuation, content, { isFinal: false });
}

const begin = clientFrame(Opcode.text, "x", { isFinal: false });
const pong = clientFrame(Opcode.pong, "x".repeat(125));
/** A fragment in each read of 64 KiB, and otherwise pongs. */
const paddedFragments = repeat(60, Buffer.concat([repeat(500, pong), part("x")]));

function memoryBytes(): number {
  for (let count = 0; count < 3; count += 1) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Resolves once no socket has read a byte for fifty iterations of the event loop. */
async function untilReadAll(sockets: readonly Socket[]): Promise<void> {
  const read = (): number => sockets.reduce((bytes, { bytesRead }) => bytes + bytesRead, 0);
  let last = -1;
  for (let unchanged = 0; unchanged < 50; unchanged += 1) {
    await nextIteration();
    if (read() !== last) unchanged = 0;
    last = read();
  }
}

async function attack(t: TestContext, application: typeof Busy, bytes: Buffer, clientCount: number): Promise<number> {
  const serverEnds = watchServerSockets(t);
  const options = { maxPayloadBytes: MAX_PAYLOAD_BYTES, closeTimeoutMs: 60_000, handshakeTimeoutMs: 60_000 };
  const { port, server } = await startServer(t, { websocket: consumer(application) }, options);
  const clients: RawClient[] = [];
  for (let count = 0; count < clientCount; count += 1) {
    const client = await RawClient.connect(t, port);
    client.send(handshake("/"));
    clients.push(client);
  }
  await until(() => server.connections === clientCount, "all handshakes to begin");
  const before = memoryBytes();
  for (const { socket } of clients) socket.write(bytes);
  await untilReadAll(serverEnds);
  return (memoryBytes() - before) / clientCount;
}

for (const [what, application, bytes, clientCount] of [
  ["16,000 fragments of one byte", Busy, Buffer.concat([begin, repeat(16_000, part("x"))]), MANY],
  ["the most fragments, without an end", Busy, Buffer.concat([begin, repeat(1_022, part("x"))]), MANY],
  ["fragments in pongs", Busy, Buffer.concat([begin, paddedFragments]), SOME],
  ["a message without its last byte", Busy, clientFrame(Opcode.text, "x".repeat(20_000)).subarray(0, -1), SOME],
  ["many messages of the largest size", Busy, repeat(60, clientFrame(Opcode.text, "\u20ac".repeat(6_666))), SOME],
  ["many messages of bytes", Busy, repeat(60, clientFrame(Opcode.binary, Buffer.alloc(20_000))), SOME],
  ["empty messages", Busy, repeat(30_000, clientFrame(Opcode.text, "")), SOME],
  ["tiny messages", Busy, repeat(30_000, clientFrame(Opcode.text, "xyz")), SOME],
  ["pings", Busy, repeat(5_000, clientFrame(Opcode.ping, "x".repeat(125))), SOME],
  [
    "messages before the answer to the handshake",
    Silent,
    repeat(60, clientFrame(Opcode.text, "x".repeat(20_000))),
    SOME,
  ],
] as const) {
  test(`A client that sends ${what} takes less memory than the stated bound`, async (t) => {
    const growth = await attack(t, application, bytes, clientCount);
    assert.ok(growth < BOUND_BYTES, `${Math.round(growth)} bytes per client`);
  });
}

test("A client that sends one large message byte by byte is closed with 1008", async (t) => {
  const { port } = await startServer(t, { websocket: consumer(Busy) });
  const client = await RawClient.upgrade(t, port, "/");
  client.socket.setNoDelay(true);
  const frame = clientFrame(Opcode.text, "x".repeat(1_000_000));
  let sent = 0;
  await until(async () => {
    for (let count = 0; count < 100; count += 1, sent += 1) {
      client.send(frame.subarray(sent, sent + 1));
      await nextIteration();
    }
    return client.allFrames().length > 0;
  }, "the close code");
  assert.equal(closeOf(client.allFrames()[0]).code, 1008);
  assert.ok(sent < 100_000, `${sent} bytes were sent`);
});
