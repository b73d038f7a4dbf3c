/** Bounded memory for clients that do not read, and for clients that send faster than their consumer handles. */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, test, type TestContext } from "node:test";
import { setImmediate as nextIteration } from "node:timers/promises";
import {
  consumer,
  InMemoryChannelLayer,
  WebSocketConsumer,
  type ChannelMessage,
  type ConsumerContext,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";
import { soon, until } from "@lobby/test-support/waiting";
import type { ServerOptions } from "../src/index.ts";
import { clientClose, clientFrame, Opcode } from "./support/client-frames.ts";
import { closeOf, RawClient } from "./support/raw-client.ts";
import { watchServerSockets } from "./support/server-sockets.ts";
import { startServer, type TestServer } from "./support/server.ts";
import { WireClient } from "./support/wire-client.ts";

const MAX_BUFFERED_BYTES = 200_000;
const MESSAGE_BYTES = 50_000;
/** Far more than the buffers of the kernel. */
const MESSAGES = 600;

interface Room {
  readonly "room.said": { readonly text: string };
}

class Member extends WebSocketConsumer<WebSocketScope, Room> {
  static readonly events: EventTable<Member> = { "room.said": { relay: ({ text }) => text } };
  readonly #closes: number[];
  readonly #sent: boolean[];

  constructor(context: ConsumerContext, closes: number[], sent: boolean[]) {
    super(context);
    this.#closes = closes;
    this.#sent = sent;
  }

  override get groups(): readonly string[] {
    return ["room"];
  }

  override receive(count: string): void {
    for (let number = 0; number < Number(count); number += 1) this.#sent.push(this.send(message(number)));
  }

  override disconnect(code: number): void {
    this.#closes.push(code);
  }
}

function saidEvent(text: string): ChannelMessage & Room["room.said"] {
  return { type: "room.said", text };
}

function message(number: number): string {
  return String(number).padEnd(MESSAGE_BYTES, ".");
}

interface StalledRoom extends TestServer {
  readonly stalled: RawClient;
  /** The server's end of the stalled connection. */
  readonly serverEnd: Socket;
  /** The code of each `disconnect`. */
  readonly closes: readonly number[];
  /** The results of the consumers' `send` calls. */
  readonly sent: readonly boolean[];
  /** Sends a message to the room and waits until the other member has it. */
  readonly say: (number: number) => Promise<void>;
}

/** Opens a room with one member that does not read, and one that does. */
async function stall(t: TestContext, options: ServerOptions): Promise<StalledRoom> {
  const closes: number[] = [];
  const sent: boolean[] = [];
  const serverEnds = watchServerSockets(t);
  const layer = new InMemoryChannelLayer();
  const server = await startServer(
    t,
    { websocket: consumer(Member, closes, sent), layer },
    { maxBufferedBytes: MAX_BUFFERED_BYTES, slowClientCloseCode: 4008, ...options },
  );
  const stalled = await RawClient.upgrade(t, server.port, "/");
  stalled.socket.pause();
  const witness = await WireClient.open(t, server.wsUrl);
  const say = async (number: number): Promise<void> => {
    await layer.groupSend("room", saidEvent(message(number)));
    assert.equal(await witness.next(), message(number));
  };
  return { ...server, stalled, serverEnd: serverEnds[0] as Socket, closes, sent, say };
}

describe("A client that does not read", () => {
  test("receives the waiting frames without a gap and then a close code, and other clients receive everything", async (t) => {
    const { stalled, serverEnd, closes, say } = await stall(t, {});
    let mostWaiting = 0;
    for (let number = 0; number < MESSAGES; number += 1) {
      await say(number);
      mostWaiting = Math.max(mostWaiting, serverEnd.writableLength);
    }
    assert.ok(mostWaiting > MAX_BUFFERED_BYTES, "frames must wait for the client");
    assert.ok(mostWaiting <= MAX_BUFFERED_BYTES + MESSAGE_BYTES + 100, `${mostWaiting} bytes waited`);

    stalled.socket.resume();
    await until(() => stalled.allFrames().at(-1)?.opcode === Opcode.close, "the close code");
    await say(MESSAGES);
    stalled.send(clientClose(4008));
    await until(() => closes.length === 1, "the disconnect");
    assert.deepEqual(closes, [4008]);
    await stalled.rest();
    const frames = stalled.allFrames();
    assert.deepEqual(closeOf(frames.pop()), { code: 4008, reason: "Too many bytes are waiting; reconnect" });
    assert.ok(frames.length > 4 && frames.length < MESSAGES);
    assert.deepEqual(
      frames.map(({ payload }) => Number.parseInt(payload.toString(), 10)),
      Array.from(frames.keys()),
    );
  });

  test("is cut with 1006 when it does not read the close code either", async (t) => {
    const { server, closes, say } = await stall(t, { closeTimeoutMs: 30 });
    let number = 0;
    while (server.connections === 2 && number < MESSAGES) {
      await say(number);
      number += 1;
    }
    await until(() => server.connections === 1, "the server to cut the client");
    assert.deepEqual(closes, [1006]);
    await say(number);
  });

  test("is closed also when its own consumer sends to it without a pause", async (t) => {
    const { stalled, serverEnd, sent, say } = await stall(t, {});
    stalled.send(clientFrame(Opcode.text, String(MESSAGES)));
    await until(() => serverEnd.writableLength > MAX_BUFFERED_BYTES, "the consumer to send");
    // One turn of the event loop may send eight times the limit to a client that had kept up.
    assert.ok(serverEnd.writableLength <= 8 * MAX_BUFFERED_BYTES + MESSAGE_BYTES + 100);
    await say(0);
    const count = sent.indexOf(false);
    assert.deepEqual(sent, [...Array(count).fill(true), ...Array(MESSAGES - count).fill(false)]);
    stalled.socket.resume();
    await until(() => stalled.allFrames().at(-1)?.opcode === Opcode.close, "the close code");
    assert.equal(stalled.allFrames().length - 1, count, "`send` must return true for exactly the sent frames");
  });
});

/** Resolves once the number has stayed the same for 200 iterations of the event loop. */
async function untilStable(value: () => number): Promise<void> {
  let unchanged = 0;
  for (let last = value(); unchanged < 200; unchanged += 1) {
    await nextIteration();
    if (value() !== last) unchanged = 0;
    last = value();
  }
}

describe("A client that sends faster than its consumer handles", () => {
  const FLOOD = 20_000;
  const texts = Array.from({ length: FLOOD }, (_, index) => String(index).padEnd(500));

  async function flood(t: TestContext, work: () => Promise<void>): Promise<{ handled: string[]; serverEnd: Socket }> {
    const handled: string[] = [];
    class Slow extends WebSocketConsumer {
      override async receive(text: string): Promise<void> {
        await work();
        handled.push(text);
      }
    }
    const serverEnds = watchServerSockets(t);
    const { port } = await startServer(t, { websocket: consumer(Slow) });
    const client = await RawClient.upgrade(t, port, "/");
    client.send(Buffer.concat(texts.map((text) => clientFrame(Opcode.text, text))));
    return { handled, serverEnd: serverEnds[0] as Socket };
  }

  test("is not read while its consumer is busy, and loses nothing", async (t) => {
    const { promise: isAwake, resolve: wake } = Promise.withResolvers<void>();
    const { handled, serverEnd } = await flood(t, () => isAwake);
    await until(() => serverEnd.isPaused(), "the server to stop reading");
    await untilStable(() => serverEnd.bytesRead);
    assert.ok(serverEnd.bytesRead < 500_000, `${serverEnd.bytesRead} bytes were read`);
    wake();
    await until(() => handled.length === FLOOD, "all messages to be handled");
    assert.deepEqual(handled, texts);
  });

  test("is paused after a few reads also when its frames are empty", async (t) => {
    const { promise: isAwake, resolve: wake } = Promise.withResolvers<void>();
    let handled = 0;
    class Slow extends WebSocketConsumer {
      override async receive(): Promise<void> {
        await isAwake;
        handled += 1;
      }
    }
    const serverEnds = watchServerSockets(t);
    const { port } = await startServer(t, { websocket: consumer(Slow) });
    const client = await RawClient.upgrade(t, port, "/");
    const serverEnd = serverEnds[0] as Socket;
    const before = serverEnd.bytesRead;
    const frame = clientFrame(Opcode.text, "");
    client.send(Buffer.alloc(frame.length * 200_000, frame));
    await until(() => serverEnd.isPaused(), "the server to stop reading");
    await untilStable(() => serverEnd.bytesRead);
    // One read of `ws`, and the read-ahead of Node.
    assert.ok(serverEnd.bytesRead - before <= 3 * 65_536, `${serverEnd.bytesRead - before} bytes were read`);
    wake();
    await until(() => handled === 200_000, "all messages to be handled");
  });

  test("is paused and resumed repeatedly, and its messages are handled in order", async (t) => {
    let pauses = 0;
    let calls = 0;
    const { handled, serverEnd } = await flood(t, async () => {
      calls += 1;
      if (calls % 50 === 0) await nextIteration();
    });
    serverEnd.on("pause", () => (pauses += 1));
    await until(() => handled.length === FLOOD, "all messages to be handled");
    assert.deepEqual(handled, texts);
    assert.ok(pauses > 2, `paused ${pauses} times`);
  });

  test("can be closed at once while its socket is paused", async (t) => {
    const { promise: isAwake, resolve: wake } = Promise.withResolvers<void>();
    const { promise: disconnected, resolve: disconnect } = Promise.withResolvers<number>();
    class Closing extends WebSocketConsumer {
      override async receive(): Promise<void> {
        await isAwake;
        this.close(4001, "enough");
      }
      override disconnect(code: number): void {
        disconnect(code);
      }
    }
    const { wsUrl, server } = await startServer(t, { websocket: consumer(Closing) });
    const client = await WireClient.open(t, wsUrl);
    for (let number = 0; number < 100; number += 1) client.send("again");
    wake();
    assert.deepEqual(await client.ended(), { code: 4001, reason: "enough" });
    assert.equal(await soon(disconnected, "the disconnect"), 4001);
    assert.equal(server.connections, 0);
  });

  test("receives the close code of a closing server while its socket is paused, and its later messages are ignored", async (t) => {
    const { promise: isAwake, resolve: wake } = Promise.withResolvers<void>();
    let handled = 0;
    class Slow extends WebSocketConsumer {
      override async receive(): Promise<void> {
        await isAwake;
        handled += 1;
      }
    }
    const serverEnds = watchServerSockets(t);
    const { wsUrl, server } = await startServer(t, { websocket: consumer(Slow) });
    const client = await WireClient.open(t, wsUrl);
    for (let number = 0; number < 200; number += 1) client.send("x".repeat(1_000));
    await until(() => serverEnds[0]?.isPaused() === true, "the server to stop reading");
    const closing = server.close();
    assert.equal((await client.ended()).code, 1012);
    wake();
    await soon(closing, "the server to close");
    assert.ok(handled >= 16 && handled < 200, `${handled} messages were handled`);
  });
});
