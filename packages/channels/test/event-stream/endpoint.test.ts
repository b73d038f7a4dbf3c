/** The resources that all event streams of a server share: encoded bytes, the heartbeat, and buffers with limits. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  consumer,
  InMemoryChannelLayer,
  WebSocketConsumer,
  type ConsumerContext,
  type EventTable,
  type HttpApplication,
  type WebSocketScope,
} from "@lobby/channels";
import { eventStream } from "@lobby/channels/event-stream";
import { EventStreamClient, TestServerContext } from "../support/event-stream-client.ts";

interface Said {
  readonly text: string;
}

class Member extends WebSocketConsumer<WebSocketScope, { said: Said }> {
  static readonly events: EventTable<Member> = { said: { relay: ({ text }) => text } };
  /** The result of each `send`, of every member. */
  readonly sent: boolean[];
  readonly #closes: number[];

  constructor(context: ConsumerContext, closes: number[], sent: boolean[]) {
    super(context);
    this.#closes = closes;
    this.sent = sent;
  }
  override get groups(): readonly string[] {
    return ["room"];
  }
  override receive(text: string): void {
    for (const word of text.split(" ")) this.sent.push(this.send(word));
  }
  override disconnect(code: number): Promise<void> {
    this.#closes.push(code);
    return this.groupSend("room", { type: "said", text: `left with ${code}` });
  }
}

/** A client that reads the chunks of its stream one by one. */
class RawReader {
  readonly client: EventStreamClient;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  private constructor(client: EventStreamClient, reader: ReadableStreamDefaultReader<Uint8Array>) {
    this.client = client;
    this.#reader = reader;
  }

  static async open(
    application: HttpApplication,
    layer: InMemoryChannelLayer,
    server: TestServerContext,
  ): Promise<RawReader> {
    const client = new EventStreamClient(application, { layer, server });
    const reader = ((await client.ask()).body as ReadableStream<Uint8Array>).getReader();
    const first = new TextDecoder().decode((await reader.read()).value);
    client.id = /"id":"(.+?)"/.exec(first)?.[1] ?? "";
    return new RawReader(client, reader);
  }

  async read(): Promise<Uint8Array | undefined> {
    return (await this.#reader.read()).value;
  }

  async readText(): Promise<string> {
    return new TextDecoder().decode(await this.read());
  }

  async leave(): Promise<void> {
    await this.#reader.cancel();
  }
}

interface Server {
  readonly members: readonly RawReader[];
  readonly context: TestServerContext;
  readonly closes: readonly number[];
  readonly sent: readonly boolean[];
  readonly say: (text: string) => Promise<void>;
}

async function open(size: number, options?: Parameters<typeof eventStream>[1]): Promise<Server> {
  const closes: number[] = [];
  const sent: boolean[] = [];
  const application = eventStream(consumer(Member, closes, sent), options);
  const layer = new InMemoryChannelLayer();
  const context = new TestServerContext();
  const members: RawReader[] = [];
  while (members.length < size) members.push(await RawReader.open(application, layer, context));
  return { members, context, closes, sent, say: (text) => layer.groupSend("room", { type: "said", text }) };
}

async function leaveAll({ members }: Server): Promise<void> {
  await Promise.all(members.map((member) => member.leave()));
}

describe("a message to a group", () => {
  test("is encoded once per tick, and all waiting readers receive the same bytes", async () => {
    const server = await open(3);
    const reads = server.members.map((member) => member.read());
    await nextTurn();
    await server.say("one");
    await server.say("two");
    const [first, ...others] = await Promise.all(reads);
    assert.equal(new TextDecoder().decode(first), "data: one\n\ndata: two\n\n");
    for (const other of others) assert.equal(other, first);
    await leaveAll(server);
  });

  test("keeps its place among the frames that a member receives alone", async () => {
    const server = await open(2);
    const [anna, ben] = server.members as [RawReader, RawReader];
    await server.say("one");
    await anna.client.send("two three");
    await server.say("four");
    assert.equal(await anna.readText(), "data: one\n\ndata: two\n\ndata: three\n\ndata: four\n\n");
    assert.equal(await ben.readText(), "data: one\n\ndata: four\n\n");
    await leaveAll(server);
  });

  test("reaches the client when the server closes in the same tick", async () => {
    const server = await open(1);
    const [member] = server.members as [RawReader];
    await server.say("last words");
    server.context.close();
    const closeEvent = 'event: close\ndata: {"code":1012,"reason":"The server is restarting"}\n\n';
    assert.equal(await member.readText(), `data: last words\n\n${closeEvent}`);
  });
});

describe("a client that does not read", () => {
  test("is closed with 1013 at the limit, its buffer is dropped, and other clients continue", async () => {
    const server = await open(3, { maxBufferedBytes: 10_000 });
    const [slow, ...others] = server.members as [RawReader, ...RawReader[]];
    const expectTexts = async (texts: readonly string[]): Promise<void> => {
      for (const text of texts) {
        for (const member of others) assert.equal(await member.readText(), `data: ${text}\n\n`);
      }
    };
    const text = "x".repeat(3_000);
    for (let number = 0; number < 4; number += 1) {
      await server.say(text);
      await expectTexts([text]);
    }
    assert.deepEqual(server.closes, []);
    await server.say(text);
    await expectTexts([text, "left with 1013"]);
    assert.deepEqual(server.closes, [1013]);
    await server.say("after the close");
    await expectTexts(["after the close"]);
    assert.equal(await slow.client.send("hello"), 404);
    // The buffer was dropped; only the close is left.
    const closeEvent = 'event: close\ndata: {"code":1013,"reason":"Too many bytes are waiting; reconnect"}\n\n';
    assert.equal(await slow.readText(), closeEvent);
    assert.equal(await slow.read(), undefined);
    await leaveAll(server);
  });

  test("makes send return false", async () => {
    const server = await open(1, { maxBufferedBytes: 20 });
    const [member] = server.members as [RawReader];
    // Each word makes an event of 11 bytes. One turn may send eight times the limit, and the frame that exceeds it.
    await member.client.send(Array.from({ length: 18 }, () => "one").join(" "));
    assert.deepEqual(server.sent, [...Array<boolean>(15).fill(true), false, false, false]);
    await leaveAll(server);
  });

  test("is not closed for one large frame", async () => {
    const server = await open(1, { maxBufferedBytes: 10 });
    const [member] = server.members as [RawReader];
    await server.say("x".repeat(100_000));
    let length = 0;
    while (length < 100_008) length += (await member.readText()).length;
    assert.equal(length, 100_008);
    await leaveAll(server);
    await server.context.whenIdle();
    assert.deepEqual(server.closes, [1006]);
  });
});

describe("heartbeats", () => {
  test("reach every silent connection once per interval, and no connection with buffered bytes", async (t) => {
    t.mock.timers.enable({ apis: ["setInterval"] });
    const server = await open(40, { heartbeatIntervalMs: 16_000 });
    const [busy, ...silent] = server.members as [RawReader, ...RawReader[]];
    const reads = silent.map((member) => member.readText());
    await busy.client.send("news");
    await nextTurn();
    t.mock.timers.tick(16_000);
    for (const read of await Promise.all(reads)) assert.equal(read, ":\n\n");
    assert.equal(await busy.readText(), "data: news\n\n");
    let early = 0;
    const next = silent.map((member) => member.readText().then((text) => ((early += 1), text)));
    await nextTurn();
    assert.equal(early, 0);
    t.mock.timers.tick(16_000);
    for (const read of await Promise.all(next)) assert.equal(read, ":\n\n");
    assert.equal(await busy.readText(), ":\n\n");
    await leaveAll(server);
  });

  test("share one timer, which ends with the last connection", async (t) => {
    let timers = 0;
    const { setInterval: start, clearInterval: stop } = globalThis;
    t.mock.method(globalThis, "setInterval", (callback: () => void, ms: number) => {
      timers += 1;
      return start(callback, ms);
    });
    t.mock.method(globalThis, "clearInterval", (timer: NodeJS.Timeout) => {
      timers -= 1;
      stop(timer);
    });
    const server = await open(3);
    assert.equal(timers, 1);
    await leaveAll(server);
    assert.equal(timers, 0);
  });
});

test("an event stream refuses an unknown option and a limit out of range", () => {
  const application = consumer(Member, [], []);
  assert.throws(
    () => eventStream(application, { heartbeatMs: 5 } as object),
    /eventStream has no option `heartbeatMs`/,
  );
  const times = ["handshakeTimeoutMs", "heartbeatIntervalMs", "closeTimeoutMs"];
  for (const name of ["maxPayloadBytes", "maxBufferedBytes", ...times]) {
    assert.throws(() => eventStream(application, { [name]: 0 }), { code: "CHANNELS_CONFIGURATION" }, name);
  }
  for (const name of times) {
    assert.throws(() => eventStream(application, { [name]: 2 ** 31 }), {
      code: "CHANNELS_CONFIGURATION",
      message: `Expected \`${name}\` to be an integer from 1 to 2147483647, got \`2147483648\`.`,
    });
  }
  for (const allowedOrigins of [["example.com"], "same-orign" as "any"]) {
    assert.throws(() => eventStream(application, { allowedOrigins }), { code: "CHANNELS_CONFIGURATION" });
  }
});
