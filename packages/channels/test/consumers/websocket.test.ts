import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigurationError } from "@lobby/channels/layers";
import {
  consumer,
  InMemoryChannelLayer,
  WebSocketConsumer,
  type ConsumerContext,
  type EventTable,
  type FrameData,
  type WebSocketScope,
} from "@lobby/channels";
import { WebSocketCommunicator } from "@lobby/channels/testing";

describe("WebSocketConsumer by default", () => {
  class Silent extends WebSocketConsumer {}

  test("accepts without a subprotocol, ignores text, and joins no group", async () => {
    const client = new WebSocketCommunicator(consumer(Silent), "/", { subprotocols: ["lobby.v1"] });
    const result = await client.connect();
    assert.equal(result.accepted && result.subprotocol, undefined);
    client.send("hello?");
    await client.receiveNothing();
  });

  for (const bytes of [Uint8Array.of(1, 2, 3), new Uint8Array()]) {
    test(`closes with 1003 on a binary frame of ${bytes.length} bytes`, async () => {
      const client = new WebSocketCommunicator(consumer(Silent), "/");
      await client.connect();
      client.send(bytes);
      assert.deepEqual(await client.receiveClose(), { code: 1003, reason: "This connection takes text frames only" });
      assert.deepEqual(client.reports, []);
    });
  }
});

describe("frames", () => {
  class Echo extends WebSocketConsumer {
    override receive(text: string): void {
      this.send(text);
    }
    override receiveBinary(bytes: Uint8Array): void {
      this.send(bytes);
    }
  }

  for (const [name, data] of [
    ["an empty text", ""],
    ["no bytes", new Uint8Array()],
    ["Korean", "안녕하세요 😀"],
    ["text that looks like JSON", '{"type":"close"}'],
    ["bytes", Uint8Array.of(0, 255)],
    ["a megabyte", "x".repeat(1024 * 1024)],
  ] satisfies [string, FrameData][]) {
    test(`of ${name} arrive and are sent unchanged`, async () => {
      const client = new WebSocketCommunicator(consumer(Echo), "/");
      await client.connect();
      client.send(data);
      assert.deepEqual(await client.receive(), data);
    });
  }

  for (const [got, wrong] of [
    ["an ArrayBuffer", new ArrayBuffer(4)],
    ["a DataView", new DataView(new ArrayBuffer(4))],
    ["an Uint16Array", new Uint16Array(4)],
    ["an object", { byteLength: 4 }],
    ["`5`", 5],
    ["`undefined`", undefined],
  ] as const) {
    test(`of ${got} are refused by the consumer and by the communicator`, async () => {
      const error = {
        code: "CHANNELS_CONFIGURATION",
        message:
          `Expected a frame to be a string or a Uint8Array, got ${got}. ` +
          "Wrap an ArrayBuffer in `new Uint8Array(buffer)`, and write an object with `JSON.stringify`.",
      };
      class Careless extends WebSocketConsumer {
        override receive(): void {
          assert.throws(() => this.send(wrong as never), error);
          this.send("refused");
        }
      }
      const client = new WebSocketCommunicator(consumer(Careless), "/");
      await client.connect();
      client.send("");
      assert.equal(await client.receive(), "refused");
      assert.throws(() => client.send(wrong as never), error);
    });
  }

  test("reach the consumer in the order of their arrival", async () => {
    const client = new WebSocketCommunicator(consumer(Echo), "/");
    await client.connect();
    const texts = Array.from({ length: 100 }, (_, index) => `${index}`);
    for (const text of texts) client.send(text);
    for (const text of texts) assert.equal(await client.receive(), text);
  });

  test("sent before accept reach the client after the handshake", async () => {
    class Eager extends WebSocketConsumer {
      override connect(): void {
        assert.equal(this.send("early"), true);
        this.accept();
        assert.equal(this.send("late"), true);
      }
    }
    const client = new WebSocketCommunicator(consumer(Eager), "/");
    await client.connect();
    assert.deepEqual([await client.receive(), await client.receive()], ["early", "late"]);
  });

  test("to a client that has left have no effect, and send returns false", async () => {
    const sent: boolean[] = [];
    class Late extends WebSocketConsumer {
      override disconnect(): void {
        sent.push(this.send("goodbye"));
      }
    }
    const client = new WebSocketCommunicator(consumer(Late), "/");
    await client.connect();
    await client.disconnect();
    assert.deepEqual(sent, [false]);
    await client.receiveNothing();
  });
});

describe("accept", () => {
  class Chooser extends WebSocketConsumer {
    readonly #choice: string;
    constructor(context: ConsumerContext, choice: string) {
      super(context);
      this.#choice = choice;
    }
    override connect(): void {
      this.accept(this.#choice);
    }
  }

  test("chooses one of the subprotocols that the client offered", async () => {
    const client = new WebSocketCommunicator(consumer(Chooser, "b"), "/", { subprotocols: ["a", "b"] });
    const result = await client.connect();
    assert.equal(result.accepted && result.subprotocol, "b");
  });

  for (const [offered, sentence] of [
    [["a", "b"], 'Expected a subprotocol that the client offered, "a", "b", got "c".'],
    [[], 'Expected a subprotocol that the client offered, none, got "c".'],
  ] as const) {
    test(`throws for a subprotocol outside [${offered.join(", ")}], and the client receives 500`, async () => {
      const client = new WebSocketCommunicator(consumer(Chooser, "c"), "/", { subprotocols: offered });
      const result = await client.connect();
      assert.equal(result.accepted || result.status, 500);
      const error = client.reports[0]?.error;
      assert.ok(error instanceof ConfigurationError);
      assert.equal(error.message, sentence);
    });
  }
});

describe("a consumer", () => {
  test("has its scope, its layer and a channel name of its own", async () => {
    const seen: unknown[] = [];
    class Curious extends WebSocketConsumer {
      override connect(): void {
        seen.push(this.scope.url.href, this.scope.headers.get("x-test"), this.scope.subprotocols, this.layer);
        assert.equal(this.channelName, this.channelName);
        this.accept();
      }
    }
    const layer = new InMemoryChannelLayer();
    const options = { layer, headers: { "X-Test": "yes" }, subprotocols: ["a"] };
    await new WebSocketCommunicator(consumer(Curious), "/ws/?q=1", options).connect();
    assert.deepEqual(seen, ["ws://testserver/ws/?q=1", "yes", ["a"], layer]);
  });

  test("receives the arguments of `consumer` after its context", async () => {
    class Greeter extends WebSocketConsumer {
      readonly #words: readonly string[];
      constructor(context: ConsumerContext, ...words: readonly string[]) {
        super(context);
        this.#words = words;
      }
      override connect(): void {
        this.accept();
        this.send(this.#words.join(" "));
      }
    }
    const client = new WebSocketCommunicator(consumer(Greeter, "hello", "Mina"), "/");
    await client.connect();
    assert.equal(await client.receive(), "hello Mina");
  });

  test("on a closed layer fails its own handshake only", async () => {
    const layer = new InMemoryChannelLayer();
    await layer.close();
    class Silent extends WebSocketConsumer {}
    const client = new WebSocketCommunicator(consumer(Silent), "/", { layer });
    await assert.rejects(client.connect(), { code: "CHANNELS_LAYER_CLOSED" });
  });
});

/** Encodes JSON so that no page can include it as a script. */
function encode(value: unknown): string {
  return `)]}'\n${JSON.stringify(value)}`;
}

test("a raw consumer can parse and send a JSON format of its own", async () => {
  class Dialect extends WebSocketConsumer<WebSocketScope, { said: { at: string } }> {
    static readonly events: EventTable<Dialect> = { said: { relay: ({ at }) => encode({ at }) } };
    override get groups(): string[] {
      return ["room"];
    }
    override receive(text: string): Promise<void> {
      this.send(encode(JSON.parse(text, (_, value: unknown) => (value === "now" ? 5 : value))));
      return this.groupSend("room", { type: "said", at: "noon" });
    }
  }
  const client = new WebSocketCommunicator(consumer(Dialect), "/");
  await client.connect();
  client.send('{"at":"now"}');
  assert.equal(await client.receive(), `)]}'\n{"at":5}`);
  assert.equal(await client.receive(), `)]}'\n{"at":"noon"}`);
});
