/** Event streams whose clients do not read: nothing is kept for them for ever. */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { test, type TestContext } from "node:test";
import {
  consumer,
  InMemoryChannelLayer,
  relay,
  WebSocketConsumer,
  type ConsumerContext,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";
import { eventStream, type EventStreamOptions } from "@lobby/channels/event-stream";
import { until } from "@lobby/test-support/waiting";
import { RawClient, request } from "./support/raw-client.ts";
import { watchServerSockets } from "./support/server-sockets.ts";
import { startServer } from "./support/server.ts";

interface Said {
  readonly text: string;
}

class Member extends WebSocketConsumer<WebSocketScope, { said: Said }> {
  static readonly events: EventTable<Member> = { said: relay(({ text }) => text) };
  readonly #closes: number[];

  constructor(context: ConsumerContext<WebSocketScope>, closes: number[]) {
    super(context);
    this.#closes = closes;
  }
  override get groups(): readonly string[] {
    return ["room"];
  }
  override disconnect(code: number): void {
    this.#closes.push(code);
  }
}

interface Stalled {
  readonly client: RawClient;
  /** The server's end of the connection. */
  readonly serverEnd: Socket;
  readonly closes: readonly number[];
  readonly say: (text: string) => Promise<void>;
}

/** A stream whose client has read its first event, and reads no more. */
async function stall(t: TestContext, options: EventStreamOptions): Promise<Stalled> {
  const closes: number[] = [];
  const serverEnds = watchServerSockets(t);
  const layer = new InMemoryChannelLayer();
  const http = eventStream(consumer(Member, closes), options);
  const { port } = await startServer(t, { http, layer });
  const client = await RawClient.connect(t, port);
  client.send(request("GET", "/", { Accept: "text/event-stream" }));
  await until(() => client.text.includes("event: connection"), "the first event");
  client.socket.pause();
  const say = (text: string): Promise<void> => layer.groupSend("room", { type: "said", text });
  return { client, serverEnd: serverEnds[0] as Socket, closes, say };
}

/** More than a kernel buffers. */
const MUCH = "x".repeat(16_000_000);

/** Says so much that the server closes the connection. */
async function overflow({ serverEnd, closes, say }: Stalled): Promise<void> {
  await say(MUCH);
  await until(() => serverEnd.writableLength > 0, "the client to be stalled");
  await until(async () => {
    await say("y".repeat(2_000));
    return closes.length > 0;
  }, "the connection to be closed");
}

test("a client that does not read its end either is cut", async (t) => {
  const stalled = await stall(t, { maxBufferedBytes: 1_000, closeTimeoutMs: 50 });
  await overflow(stalled);
  const { serverEnd, closes } = stalled;
  assert.deepEqual(closes, [1013]);
  await until(() => serverEnd.destroyed, "the client to be cut");
});

test("a client that reads its end in time has it whole", async (t) => {
  const stalled = await stall(t, { maxBufferedBytes: 1_000, closeTimeoutMs: 60_000 });
  await overflow(stalled);
  const { client } = stalled;
  client.socket.resume();
  await until(() => client.text.endsWith("\r\n0\r\n\r\n"), "the end");
  assert.match(client.text.slice(-100), /event: close\ndata: {"code":1013,"reason":"[^"]+"}\n\n\r\n0\r\n\r\n$/);
});

test("a client to which nothing gets through is gone within two signs of life", async (t) => {
  const { serverEnd, closes, say } = await stall(t, { heartbeatIntervalMs: 160 });
  await say(MUCH);
  await until(() => serverEnd.destroyed, "the client to be cut");
  assert.deepEqual(closes, [1006]);
});

test("a client that reads is alive, however silent everything is", async (t) => {
  const { client, closes } = await stall(t, { heartbeatIntervalMs: 16 });
  client.socket.resume();
  await until(() => client.text.split("\r\n:\n\n").length > 20, "twenty signs of life");
  assert.deepEqual(closes, []);
});
