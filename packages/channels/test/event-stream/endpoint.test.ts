/** What all event streams of a server share: bytes, signs of life, and limits that one of them does not break for others. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  consumer,
  InMemoryChannelLayer,
  relay,
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
  static readonly events: EventTable<Member> = { said: relay(({ text }) => text) };
  /** What `send` said of each frame, of every member. */
  readonly taken: boolean[];
  readonly #closes: number[];

  constructor(context: ConsumerContext<WebSocketScope>, closes: number[], taken: boolean[]) {
    super(context);
    this.#closes = closes;
    this.taken = taken;
  }
  override get groups(): readonly string[] {
    return ["room"];
  }
  override receive(text: string): void {
    for (const word of text.split(" ")) this.taken.push(this.send(word));
  }
  override disconnect(code: number): Promise<void> {
    this.#closes.push(code);
    return this.groupSend("room", { type: "said", text: `left with ${code}` });
  }
}

/** The stream of a connection, piece by piece, as its server hands it over. */
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

interface House {
  readonly members: readonly RawReader[];
  readonly server: TestServerContext;
  readonly closes: readonly number[];
  readonly taken: readonly boolean[];
  readonly say: (text: string) => Promise<void>;
}

async function open(size: number, options?: Parameters<typeof eventStream>[1]): Promise<House> {
  const closes: number[] = [];
  const taken: boolean[] = [];
  const application = eventStream(consumer(Member, closes, taken), options);
  const layer = new InMemoryChannelLayer();
  const server = new TestServerContext();
  const members: RawReader[] = [];
  while (members.length < size) members.push(await RawReader.open(application, layer, server));
  return { members, server, closes, taken, say: (text) => layer.groupSend("room", { type: "said", text }) };
}

async function leaveAll({ members }: House): Promise<void> {
  await Promise.all(members.map((member) => member.leave()));
}

describe("what a group is sent", () => {
  test("is encoded once, and all who wait for it are handed the same bytes, once per tick", async () => {
    const house = await open(3);
    const reads = house.members.map((member) => member.read());
    await nextTurn();
    await house.say("one");
    await house.say("two");
    const [first, ...others] = await Promise.all(reads);
    assert.equal(new TextDecoder().decode(first), "data: one\n\ndata: two\n\n");
    for (const other of others) assert.equal(other, first);
    await leaveAll(house);
  });

  test("stands in its place among what each is sent alone", async () => {
    const house = await open(2);
    const [anna, ben] = house.members as [RawReader, RawReader];
    await house.say("one");
    await anna.client.send("two three");
    await house.say("four");
    assert.equal(await anna.readText(), "data: one\n\ndata: two\n\ndata: three\n\ndata: four\n\n");
    assert.equal(await ben.readText(), "data: one\n\ndata: four\n\n");
    await leaveAll(house);
  });

  test("is not lost when the server closes in the same tick", async () => {
    const house = await open(1);
    const [member] = house.members as [RawReader];
    await house.say("last words");
    house.server.close();
    const goodbye = 'event: close\ndata: {"code":1012,"reason":"The server is restarting"}\n\n';
    assert.equal(await member.readText(), `data: last words\n\n${goodbye}`);
  });
});

describe("a client that does not read", () => {
  test("is closed with 1013 when too much waits for it, which is then forgotten; the others do not notice", async () => {
    const house = await open(3, { maxBufferedBytes: 10_000 });
    const [slow, ...others] = house.members as [RawReader, ...RawReader[]];
    const hear = async (texts: readonly string[]): Promise<void> => {
      for (const text of texts) {
        for (const member of others) assert.equal(await member.readText(), `data: ${text}\n\n`);
      }
    };
    const text = "x".repeat(3_000);
    for (let number = 0; number < 4; number += 1) {
      await house.say(text);
      await hear([text]);
    }
    assert.deepEqual(house.closes, []);
    await house.say(text);
    await hear([text, "left with 1013"]);
    assert.deepEqual(house.closes, [1013]);
    await house.say("without one");
    await hear(["without one"]);
    assert.equal(await slow.client.send("hello"), 404);
    // What had waited is gone: the goodbye is all that is left.
    const goodbye = 'event: close\ndata: {"code":1013,"reason":"Too much is waiting; come back"}\n\n';
    assert.equal(await slow.readText(), goodbye);
    assert.equal(await slow.read(), undefined);
    await leaveAll(house);
  });

  test("is known to the consumer by what it sends", async () => {
    const house = await open(1, { maxBufferedBytes: 20 });
    const [member] = house.members as [RawReader];
    await member.client.send("one two three four five six seven");
    assert.deepEqual(house.taken, [true, true, false, false, false, false, false]);
    await leaveAll(house);
  });

  test("is not closed for one frame that is large", async () => {
    const house = await open(1, { maxBufferedBytes: 10 });
    const [member] = house.members as [RawReader];
    await house.say("x".repeat(100_000));
    assert.equal((await member.readText()).length, 100_008);
    await leaveAll(house);
    await house.server.whenIdle();
    assert.deepEqual(house.closes, [1006]);
  });
});

describe("signs of life", () => {
  test("reach every silent connection once per interval, and none for which something waits", async (t) => {
    t.mock.timers.enable({ apis: ["setInterval"] });
    const house = await open(40, { heartbeatIntervalMs: 16_000 });
    const [busy, ...silent] = house.members as [RawReader, ...RawReader[]];
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
    await leaveAll(house);
  });

  test("are of one timer, which ends with the last connection", async (t) => {
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
    const house = await open(3);
    assert.equal(timers, 1);
    await leaveAll(house);
    assert.equal(timers, 0);
  });
});

test("an event stream has no option that it does not know, and no limit that is none", () => {
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
