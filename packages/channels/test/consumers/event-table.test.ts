import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  consumer,
  InMemoryChannelLayer,
  WebSocketConsumer,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";
import { NoHandlerError } from "../../src/errors.ts";
import { WebSocketCommunicator } from "@lobby/channels/testing";
import { Recorder } from "../support/recorder.ts";

async function recorderIn(layer: InMemoryChannelLayer): Promise<{ log: string[]; client: WebSocketCommunicator }> {
  const log: string[] = [];
  const client = new WebSocketCommunicator(consumer(Recorder, log, { groups: ["room"] }), "/", { layer });
  await client.connect();
  await client.whenIdle();
  return { log, client };
}

describe("an event that a consumer does not declare", () => {
  test("has no effect; one warning names it, for all its arrivals at all connections", async () => {
    const layer = new InMemoryChannelLayer();
    const log: string[] = [];
    const application = consumer(Recorder, log, { groups: ["room"] });
    const clients = [1, 2, 3].map(() => new WebSocketCommunicator(application, "/", { layer }));
    for (const client of clients) await client.connect();
    for (let count = 0; count < 50; count += 1) await layer.groupSend("room", { type: "typo", text: "?" });
    await layer.groupSend("room", { type: "note", text: "still alive" });
    for (const client of clients) await client.whenIdle();
    assert.deepEqual(log, [...Array(3).fill("connect"), ...Array(3).fill("note still alive")]);
    const [report, ...more] = clients[0]?.reports ?? [];
    assert.deepEqual(more, []);
    assert.deepEqual({ ...report, error: 0 }, { level: "warning", source: "Recorder", operation: "typo", error: 0 });
    assert.ok(report?.error instanceof NoHandlerError);
    assert.match(report.error.message, /^Recorder declares no event "typo"/);
  });

  test("cannot flood the log, even with a new name each time", async () => {
    const layer = new InMemoryChannelLayer({ capacity: 2000 });
    const { client } = await recorderIn(layer);
    for (let count = 0; count < 1500; count += 1) await layer.groupSend("room", { type: `typo ${count}` });
    await client.whenIdle();
    // On a busy machine, a slow handler may add a warning of its own.
    assert.equal(client.reports.filter(({ error }) => error instanceof NoHandlerError).length, 1000);
  });

  for (const type of [
    "send",
    "close",
    "accept",
    "deny",
    "connect",
    "receive",
    "disconnect",
    "groupAdd",
    "receiveFrame",
    "constructor",
    "__proto__",
    "prototype",
    "toString",
    "hasOwnProperty",
    "events",
    "websocket.receive",
    "websocket.disconnect",
    "websocket_receive",
  ]) {
    test(`calls no method when its type is ${type}`, async () => {
      const layer = new InMemoryChannelLayer();
      const { log, client } = await recorderIn(layer);
      await layer.groupSend("room", { type, text: "hello", code: 4000 });
      await client.receiveNothing();
      assert.deepEqual(log, ["connect"]);
      assert.deepEqual(
        client.reports.map(({ level, operation, error }) => [level, operation, (error as NoHandlerError).code]),
        [["warning", type, "CHANNELS_NO_HANDLER"]],
      );
      await client.disconnect();
      assert.deepEqual(log, ["connect", "disconnect 1000"]);
    });
  }

  test("with the name of a method calls only its declared handler", async () => {
    const handled: string[] = [];
    class Odd extends WebSocketConsumer<WebSocketScope, { close: { code: number }; send: object }> {
      static readonly events: EventTable<Odd> = {
        close: ({ code }) => void handled.push(`close event ${code}`),
        send: { relay: () => "a frame" },
      };
      override get groups(): string[] {
        return ["room"];
      }
    }
    const layer = new InMemoryChannelLayer();
    const client = new WebSocketCommunicator(consumer(Odd), "/", { layer });
    await client.connect();
    await layer.groupSend("room", { type: "close", code: 1000 });
    await layer.groupSend("room", { type: "send" });
    assert.equal(await client.receive(), "a frame");
    assert.deepEqual(handled, ["close event 1000"]);
  });
});

for (const [name, entry] of [
  ["a number", 5],
  ["null", null],
  ["an object without a function `relay`", { relay: "text" }],
] as const) {
  test(`consumer() refuses a table with ${name} in place of a handler`, () => {
    class Broken extends WebSocketConsumer<WebSocketScope, { note: object }> {
      static readonly events = { note: entry } as unknown as EventTable<Broken>;
    }
    assert.throws(() => consumer(Broken), {
      code: "CHANNELS_CONFIGURATION",
      message: /^Expected a method or \{ relay: \(event\) => … \} for the event "note", got (`5`|`null`|an object)\.$/,
    });
  });
}

describe("a relay", () => {
  class Chat extends WebSocketConsumer<
    WebSocketScope,
    { text: { line: string }; json: { line: string }; bytes: object }
  > {
    static readonly events: EventTable<Chat> = {
      text: { relay: (event) => event.line },
      json: { relay: ({ line }) => JSON.stringify({ line, length: line.length }) },
      bytes: { relay: () => Uint8Array.of(1, 2, 3) },
    };
    override get groups(): string[] {
      return ["room"];
    }
    override async connect(): Promise<void> {
      this.accept();
      await this.groupSend("room", { type: "text", line: this.channelName });
    }
  }

  test("sends an event as a text frame, a JSON text or a binary frame", async () => {
    const layer = new InMemoryChannelLayer();
    const client = new WebSocketCommunicator(consumer(Chat), "/", { layer });
    await client.connect();
    const name = await client.receive();
    await layer.groupSend("room", { type: "text", line: "" });
    await layer.groupSend("room", { type: "json", line: "안녕" });
    await layer.groupSend("room", { type: "bytes" });
    assert.equal(await client.receive(), "");
    assert.deepEqual(await client.receiveJson(), { line: "안녕", length: 2 });
    assert.deepEqual(await client.receive(), Uint8Array.of(1, 2, 3));
    await layer.send(String(name), { type: "text", line: "for you alone" });
    assert.equal(await client.receive(), "for you alone");
  });

  for (const [name, frame, sentence] of [
    ["an ArrayBuffer", new ArrayBuffer(4), /^Expected a frame to be a string or a Uint8Array, got an ArrayBuffer\. /],
    ["undefined", undefined, /^Expected a frame to be a string or a Uint8Array, got `undefined`\. /],
    [
      "a promise",
      Promise.resolve("text"),
      /^Expected the relay of the event "text" to return its frame, got a promise\. /,
    ],
  ] as const) {
    test(`that returns ${name} sends nothing, and the server reports the value`, async () => {
      const layer = new InMemoryChannelLayer();
      class Wrong extends Chat {
        static override readonly events: EventTable<Chat> = { ...Chat.events, text: { relay: () => frame as never } };
      }
      const client = new WebSocketCommunicator(consumer(Wrong), "/", { layer });
      await client.connect();
      await client.receiveNothing();
      const [report] = client.reports;
      assert.deepEqual([client.reports.length, report?.level, report?.operation], [1, "error", "text"]);
      assert.match((report?.error as Error | undefined)?.message ?? "", sentence);
    });
  }
});
