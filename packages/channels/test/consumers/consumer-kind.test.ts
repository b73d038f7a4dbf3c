import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  consumer,
  InMemoryChannelLayer,
  WebSocketConsumer,
  type ConsumerReport,
  type EventTable,
  type FrameData,
  type WebSocketScope,
} from "@lobby/channels";
import { RecordingTransport } from "../support/recording-transport.ts";

const BOOM = new Error("boom");

interface Events {
  good: { text: string };
  broken: object;
  empty: object;
  asked: object;
}

let names: string[] = [];

class Chat extends WebSocketConsumer<WebSocketScope, Events> {
  static readonly events: EventTable<Chat> = {
    good: { relay: ({ text }) => text },
    broken: {
      relay: () => {
        throw BOOM;
      },
    },
    empty: { relay: () => undefined as unknown as FrameData },
    asked() {
      this.send("asked");
    },
  };
  override get groups(): string[] {
    return ["room"];
  }
  override connect(): void {
    names.push(this.channelName);
    this.accept();
  }
}

/** Opens two chats in a room that a named channel has joined as well. */
async function room(): Promise<{ transport: RecordingTransport; layer: InMemoryChannelLayer; frames: () => unknown }> {
  names = [];
  const transport = new RecordingTransport();
  const layer = new InMemoryChannelLayer();
  const application = consumer(Chat);
  const sockets = [await transport.open(application, layer), await transport.open(application, layer)];
  for (const { handler } of sockets) await handler.whenIdle();
  await layer.groupAdd("room", "worker");
  return { transport, layer, frames: () => sockets.map((socket) => socket.frames) };
}

const report = (error: unknown): ConsumerReport => ({ level: "error", source: "Chat", operation: "broken", error });

describe("a relay that throws", () => {
  test("causes one report per message, and the sender sees no error", async () => {
    const { transport, layer } = await room();
    await layer.groupSend("room", { type: "broken" });
    await layer.groupSend("room", { type: "broken" });
    assert.deepEqual(transport.reports, [report(BOOM), report(BOOM)]);
  });

  test("affects neither its connections, nor other members of the group, nor later messages", async () => {
    const { transport, layer, frames } = await room();
    await layer.groupSend("room", { type: "good", text: "1" });
    await layer.groupSend("room", { type: "broken" });
    await layer.groupSend("room", { type: "good", text: "2" });
    transport.tick();
    assert.deepEqual(frames(), [
      ["1", "2"],
      ["1", "2"],
    ]);
    const types = [];
    for (let count = 0; count < 3; count += 1) types.push((await layer.receive("worker")).type);
    assert.deepEqual(types, ["good", "broken", "good"]);
  });

  test("counts no drop", async () => {
    const { layer } = await room();
    await layer.groupSend("room", { type: "broken" });
    assert.equal(layer.dropped, 0);
  });

  test("for a direct message causes a report as well, and the sender sees no error", async () => {
    const { transport, layer, frames } = await room();
    await layer.send(names[0] ?? "", { type: "broken" });
    await layer.send(names[0] ?? "", { type: "good", text: "1" });
    transport.tick();
    assert.deepEqual(transport.reports, [report(BOOM)]);
    assert.deepEqual(frames(), [["1"], []]);
  });
});

test("a relay that returns no frame fails, and the frames of other relays arrive", async () => {
  const { transport, layer, frames } = await room();
  await layer.groupSend("room", { type: "empty" });
  await layer.groupSend("room", { type: "good", text: "1" });
  transport.tick();
  assert.deepEqual(
    transport.reports.map(({ operation, error }) => [operation, (error as Error).message]),
    [
      [
        "empty",
        "Expected a frame to be a string or a Uint8Array, got `undefined`. " +
          "Wrap an ArrayBuffer in `new Uint8Array(buffer)`, and write an object with `JSON.stringify`.",
      ],
    ],
  );
  assert.deepEqual(frames(), [["1"], ["1"]]);
});

test("each member of a group runs the handler of an event once", async () => {
  const { transport, layer, frames } = await room();
  await layer.groupSend("room", { type: "asked" });
  await nextTurn();
  transport.tick();
  assert.deepEqual(frames(), [["asked"], ["asked"]]);
});

test("consumers of different classes in one group each use the table of their class", async () => {
  class Shout extends WebSocketConsumer<WebSocketScope, { good: { text: string } }> {
    static readonly events: EventTable<Shout> = { good: { relay: ({ text }) => text.toUpperCase() } };
    override get groups(): string[] {
      return ["room"];
    }
  }
  const { transport, layer, frames } = await room();
  const loud = await transport.open(consumer(Shout), layer);
  await loud.handler.whenIdle();
  await layer.groupSend("room", { type: "good", text: "hello" });
  transport.tick();
  assert.deepEqual(frames(), [["hello"], ["hello"]]);
  assert.deepEqual(loud.frames, ["HELLO"]);
});

test("an event of a group looks up its handler once per consumer class, for all members", async (t) => {
  class Asker extends WebSocketConsumer<WebSocketScope, { asked: object; good: { text: string } }> {
    static readonly events: EventTable<Asker> = { asked: () => undefined, good: { relay: ({ text }) => text } };
    override get groups(): string[] {
      return ["room"];
    }
  }
  const transport = new RecordingTransport();
  const layer = new InMemoryChannelLayer();
  const handlers: Promise<void>[] = [];
  for (const application of [consumer(Chat), consumer(Asker)]) {
    for (let count = 0; count < 50; count += 1) {
      handlers.push((await transport.open(application, layer)).handler.whenIdle());
    }
  }
  await Promise.all(handlers);
  const lookup = t.mock.method(Map.prototype, "get");
  const lookups = (type: string): number => lookup.mock.calls.filter(({ arguments: [key] }) => key === type).length;
  await layer.groupSend("room", { type: "asked" });
  await layer.groupSend("room", { type: "good", text: "hello" });
  await nextTurn();
  transport.tick();
  assert.deepEqual([lookups("asked"), lookups("good")], [2, 2]);
});

test("a direct event looks up its handler once", async (t) => {
  const { layer } = await room();
  const lookup = t.mock.method(Map.prototype, "get");
  await layer.send(names[0] ?? "", { type: "asked" });
  await nextTurn();
  assert.equal(lookup.mock.calls.filter(({ arguments: [key] }) => key === "asked").length, 1);
});
