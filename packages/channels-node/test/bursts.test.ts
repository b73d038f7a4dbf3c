/** Many bytes for one client in one turn of the event loop. */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, test, type TestContext } from "node:test";
import { setImmediate as nextIteration } from "node:timers/promises";
import {
  consumer,
  InMemoryChannelLayer,
  WebSocketConsumer,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";
import { certificate as cert, key } from "@lobby/test-support/certificate";
import { collectGarbage } from "@lobby/test-support/garbage";
import { until } from "@lobby/test-support/waiting";
import type { ServerOptions } from "../src/index.ts";
import { clientFrame, Opcode } from "./support/client-frames.ts";
import { closeOf, RawClient } from "./support/raw-client.ts";
import { watchServerSockets } from "./support/server-sockets.ts";
import { startServer } from "./support/server.ts";
import { WireClient } from "./support/wire-client.ts";

const MEBIBYTE = 1_048_576;

/** An order of frames: `at once`, or `drained` with a wait after each frame. */
interface Order {
  readonly mode: "at once" | "drained";
  readonly count: number;
  readonly bytes: number;
}

class Sender extends WebSocketConsumer<WebSocketScope, { said: { text: string } }> {
  static readonly events: EventTable<Sender> = { said: { relay: ({ text }) => text } };
  /** The most bytes that waited after a frame. */
  static mostBytes = 0;
  override get groups(): readonly string[] {
    return ["all"];
  }
  override async receive(text: string): Promise<void> {
    const { mode, count, bytes } = JSON.parse(text) as Order;
    for (let number = 0; number < count; number += 1) {
      this.send(String(number).padEnd(bytes));
      Sender.mostBytes = Math.max(Sender.mostBytes, this.bufferedBytes);
      if (mode === "drained") await this.drained();
    }
  }
}

/** Asserts that a client receives all frames of an order. */
async function order(t: TestContext, options: ServerOptions, sent: Order): Promise<void> {
  Sender.mostBytes = 0;
  const { wsUrl } = await startServer(t, { websocket: consumer(Sender) }, options);
  const client = await WireClient.open(t, wsUrl, { rejectUnauthorized: false });
  client.send(JSON.stringify(sent));
  for (let number = 0; number < sent.count; number += 1) {
    const frame = await Promise.race([client.next(), client.closed]);
    assert.ok(typeof frame === "string", `closed after ${number} frames: ${JSON.stringify(frame)}`);
    assert.equal(Number.parseInt(frame, 10), number);
  }
}

describe("A client that reads at full speed", () => {
  test("receives a burst beyond the limit and the buffers of the kernel", async (t) => {
    await order(t, {}, { mode: "at once", count: 8_000, bytes: 1_000 });
    assert.ok(Sender.mostBytes > MEBIBYTE, `only ${Sender.mostBytes} bytes waited`);
  });

  test("receives a second burst while it takes the first", async (t) => {
    const { wsUrl } = await startServer(t, { websocket: consumer(Sender) });
    const client = await WireClient.open(t, wsUrl);
    const burst = JSON.stringify({ mode: "at once", count: 3_000, bytes: 1_000 } satisfies Order);
    for (let number = 0; number < 2; number += 1) client.send(burst);
    assert.equal((await client.take(6_000)).length, 6_000);
  });

  for (const [transport, options] of [
    ["TCP", {}],
    ["TLS", { tls: { cert, key } }],
  ] as const) {
    test(`receives any amount over ${transport} from a sender that awaits drained, and little of it waits`, async (t) => {
      await order(t, options, { mode: "drained", count: 100, bytes: 500_000 });
      assert.ok(Sender.mostBytes < 65_536 + 500_100, `${Sender.mostBytes} bytes waited`);
    });
  }
});

test("Messages of 1 MB to a group in one tick are written early, so that few of them are in memory", async (t) => {
  const layer = new InMemoryChannelLayer();
  const { server, wsUrl } = await startServer(t, { websocket: consumer(Sender), layer });
  await WireClient.open(t, wsUrl);
  const text = "x".repeat(1_000_000);
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  for (let number = 0; number < 200; number += 1) await layer.groupSend("all", { type: "said", text });
  collectGarbage();
  const held = process.memoryUsage().arrayBuffers - before;
  assert.ok(held < 16 * MEBIBYTE, `${held} bytes were in memory`);
  await until(() => server.connections === 0, "the client to be closed");
});

async function stall(t: TestContext): Promise<{ client: RawClient; serverEnd: Socket; closes: number[] }> {
  const closes: number[] = [];
  class Noted extends Sender {
    override disconnect(code: number): void {
      closes.push(code);
    }
  }
  const serverEnds = watchServerSockets(t);
  const { port } = await startServer(t, { websocket: consumer(Noted) }, { maxBufferedBytes: 200_000 });
  const client = await RawClient.upgrade(t, port, "/");
  client.socket.pause();
  return { client, serverEnd: serverEnds[0] as Socket, closes };
}

/** Fills the buffers of the kernel, and then the buffer of the server with less than its limit. */
async function fill(client: RawClient, serverEnd: Socket): Promise<void> {
  await until(() => {
    if (serverEnd.writableLength > 0) return true;
    client.send(clientFrame(Opcode.text, JSON.stringify({ mode: "at once", count: 1, bytes: 10_000 })));
    return false;
  }, "the buffers of the kernel to be full");
}

describe("A client that does not read a burst", () => {
  test("is closed with 1013 after five seconds", async (t) => {
    const { client, serverEnd, closes } = await stall(t);
    await fill(client, serverEnd);
    t.mock.timers.enable({ apis: ["setTimeout"] });
    client.send(clientFrame(Opcode.text, JSON.stringify({ mode: "at once", count: 10, bytes: 100_000 })));
    // The timers are stopped, so `until` cannot poll.
    for (let turn = 0; serverEnd.writableLength < 900_000; turn += 1) {
      assert.ok(turn < 100_000, `${serverEnd.writableLength} bytes wait`);
      await nextIteration();
    }
    t.mock.timers.tick(4_999);
    await nextIteration();
    assert.deepEqual(closes, []);
    t.mock.timers.tick(1);
    t.mock.timers.reset();
    client.socket.resume();
    await until(() => client.allFrames().at(-1)?.opcode === Opcode.close, "the close code");
    assert.equal(closeOf(client.allFrames().at(-1)).code, 1013);
  });
});
