import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  ConfigurationError,
  consumer,
  InMemoryChannelLayer,
  WebSocketConsumer,
  type ConsumerContext,
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
    test(`of ${name} arrive, and are sent, as they are`, async () => {
      const client = new WebSocketCommunicator(consumer(Echo), "/");
      await client.connect();
      client.send(data);
      assert.deepEqual(await client.receive(), data);
    });
  }

  test("come out in the order in which they went in", async () => {
    const client = new WebSocketCommunicator(consumer(Echo), "/");
    await client.connect();
    const texts = Array.from({ length: 100 }, (_, index) => `${index}`);
    for (const text of texts) client.send(text);
    for (const text of texts) assert.equal(await client.receive(), text);
  });

  test("sent before accept are held until the handshake is done", async () => {
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

  test("sent to a client that has left are not sent, and send says so", async () => {
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
    constructor(context: ConsumerContext<WebSocketScope>, choice: string) {
      super(context);
      this.#choice = choice;
    }
    override connect(): void {
      this.accept(this.#choice);
    }
  }

  test("answers with one of the subprotocols that the client offered", async () => {
    const client = new WebSocketCommunicator(consumer(Chooser, "b"), "/", { subprotocols: ["a", "b"] });
    const result = await client.connect();
    assert.equal(result.accepted && result.subprotocol, "b");
  });

  for (const [offered, said] of [
    [["a", "b"], 'The client did not offer "c", but: "a", "b".'],
    [[], 'The client did not offer "c", but: nothing.'],
  ] as const) {
    test(`refuses a subprotocol that was not among [${offered.join(", ")}], and the client gets 500`, async () => {
      const client = new WebSocketCommunicator(consumer(Chooser, "c"), "/", { subprotocols: offered });
      const result = await client.connect();
      assert.equal(result.accepted || result.status, 500);
      const error = client.reports[0]?.error;
      assert.ok(error instanceof ConfigurationError);
      assert.equal(error.message, said);
    });
  }
});

describe("a consumer", () => {
  test("knows its scope, its layer and a channel name of its own", async () => {
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

  test("gets the arguments that it was mounted with, behind its context", async () => {
    class Greeter extends WebSocketConsumer {
      readonly #words: readonly string[];
      constructor(context: ConsumerContext<WebSocketScope>, ...words: readonly string[]) {
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

  test("is refused by a layer that is closed, without taking the server along", async () => {
    const layer = new InMemoryChannelLayer();
    await layer.close();
    class Silent extends WebSocketConsumer {}
    const client = new WebSocketCommunicator(consumer(Silent), "/", { layer });
    await assert.rejects(client.connect(), { code: "CHANNELS_LAYER_CLOSED" });
  });
});
