import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  consumer,
  defineContract,
  InMemoryChannelLayer,
  JsonWebSocketConsumer,
  localGroup,
  WebSocketConsumer,
  type Channel,
  type DroppedMessage,
  type EventTable,
  type StandardSchema,
  type WebSocketScope,
} from "@lobby/channels";
import { FaultyLayer } from "@lobby/channels/testing";
import { FakeClock } from "../support/fake-clock.ts";
import { RecordingTransport, type RecordingSocket } from "../support/recording-transport.ts";

interface Events {
  said: { text: string };
  asked: { text: string };
}

interface Member {
  readonly socket: RecordingSocket;
  readonly self: Chat;
}

let opened: Chat[] = [];

class Chat extends WebSocketConsumer<WebSocketScope, Events> {
  static readonly limits = { maxQueuedEvents: 2 };
  static readonly events: EventTable<Chat> = {
    said: { relay: ({ text }) => text },
    asked({ text }) {
      this.send(text);
    },
  };
  override get groups(): string[] {
    return ["room"];
  }
  override connect(): void {
    opened.push(this);
    this.accept();
  }
}

const said = (text: string): { readonly type: "said"; readonly text: string } => ({ type: "said", text });
const asked = (text: string): { readonly type: "asked"; readonly text: string } => ({ type: "asked", text });

/** Opens connections on a layer. */
async function open(
  count: number,
  layer = new InMemoryChannelLayer(),
): Promise<{ readonly transport: RecordingTransport; readonly members: readonly Member[] }> {
  opened = [];
  const transport = new RecordingTransport();
  const application = consumer(Chat);
  const members: Member[] = [];
  for (let index = 0; index < count; index += 1) {
    const socket = await transport.open(application, layer);
    await socket.handler.whenIdle();
    members.push({ socket, self: opened[index] as Chat });
  }
  return { transport, members };
}

async function one(layer?: InMemoryChannelLayer): Promise<Member & { readonly transport: RecordingTransport }> {
  const { transport, members } = await open(1, layer);
  return { transport, ...(members[0] as Member) };
}

describe("a local group", () => {
  test("has a member from the call of `add` on, and up to the call of `discard`", async () => {
    const { transport, socket, self } = await one();
    const group = localGroup();
    group.publish(said("1"));
    group.add(self.channel);
    group.publish(said("2"));
    group.discard(self.channel);
    group.publish(said("3"));
    group.add(self.channel);
    group.publish(said("4"));
    // No promise and no turn of the event loop has passed since the first call.
    transport.tick();
    assert.deepEqual(socket.frames, ["2", "4"]);
  });

  test("keeps the order of its events, direct frames and events of the layer", async () => {
    const layer = new InMemoryChannelLayer();
    const { transport, members } = await open(3, layer);
    const group = localGroup();
    const expected: string[] = [];
    for (let index = 0; index < 10; index += 1) {
      for (const { self } of members) self.send(`${index} direct`);
      if (index === 0) for (const { self } of members) group.add(self.channel);
      group.publish(said(`${index} local`));
      void layer.groupSend("room", said(`${index} layer`));
      if (index % 4 === 3) transport.tick();
      expected.push(`${index} direct`, `${index} local`, `${index} layer`);
    }
    transport.tick();
    for (const { socket } of members) assert.deepEqual(socket.frames, expected);
  });

  test("encodes the frame of a relay once for all members, which receive the same bytes", async () => {
    const { transport, members } = await open(50);
    const group = localGroup();
    for (const { self } of members) group.add(self.channel);
    assert.equal(group.publish(said("hello")), 0);
    transport.tick();
    assert.equal(transport.encodeCount, 1);
    for (const { socket } of members) assert.equal(socket.writes[0], members[0]?.socket.writes[0]);
  });

  test("runs the handler of an event for each member", async () => {
    const { transport, members } = await open(3);
    const group = localGroup();
    for (const { self } of members) group.add(self.channel);
    assert.equal(group.publish(asked("hello")), 0);
    await nextTurn();
    transport.tick();
    for (const { socket } of members) assert.deepEqual(socket.frames, ["hello"]);
  });

  test("counts and reports the events for which a member has no capacity left, and relays go on", async () => {
    const drops: DroppedMessage[] = [];
    const layer = new InMemoryChannelLayer({ onDrop: (drop) => drops.push(drop) });
    const { transport, members } = await open(2, layer);
    const group = localGroup();
    for (const { self } of members) group.add(self.channel);
    const missed = ["1", "2", "3", "4"].map((text) => group.publish(asked(text)));
    assert.deepEqual(missed, [0, 0, 2, 2]);
    assert.equal(layer.dropped, 4);
    const drop: DroppedMessage = { reason: "full", messageType: "asked", group: undefined };
    assert.deepEqual(drops, [drop, drop, drop, drop]);
    assert.equal(group.publish(said("5")), 0);
    await nextTurn();
    transport.tick();
    for (const { socket } of members) assert.deepEqual(socket.frames, ["5", "1", "2"]);
  });

  test("has a member once that was added twice", async () => {
    const { transport, socket, self } = await one();
    const group = localGroup();
    group.add(self.channel);
    group.add(self.channel);
    assert.equal(group.size, 1);
    group.publish(said("1"));
    group.discard(self.channel);
    group.discard(self.channel);
    group.publish(said("2"));
    transport.tick();
    assert.equal(group.size, 0);
    assert.deepEqual(socket.frames, ["1"]);
  });

  test("loses a member in the call that closes its channel, and ignores it afterwards", async () => {
    const layer = new InMemoryChannelLayer({ capacity: 1 });
    const [one, other] = [localGroup(), localGroup()];
    const channel = layer.newChannel();
    await layer.groupAdd("room", channel);
    for (const group of [one, other]) group.add(channel);
    void channel.close();
    assert.deepEqual([one.size, other.size], [0, 0]);
    one.add(channel);
    assert.equal(one.size, 0);
    for (let count = 0; count < 3; count += 1) assert.equal(one.publish(said("late")), 0);
    assert.equal(layer.dropped, 0);
  });

  test("loses a connection that ends, together with its groups of the layer", async () => {
    const { socket, self } = await one();
    const group = localGroup();
    group.add(self.channel);
    socket.handler.close(1001, "");
    assert.equal(group.size, 0);
  });

  test("skips the member in `except`, and need not have it", async () => {
    const { transport, members } = await open(2);
    const [first, second] = members as [Member, Member];
    const group = localGroup();
    group.add(first.self.channel);
    group.publish(said("1"), { except: second.self.channel });
    group.add(second.self.channel);
    group.publish(said("2"), { except: second.self.channel });
    group.publish(said("3"), {});
    transport.tick();
    assert.deepEqual([first.socket.frames, second.socket.frames], [["1", "2", "3"], ["3"]]);
  });

  test("joins channels of several layers and kinds, and each layer counts its own misses", async () => {
    const layers = [1, 2].map(() => new InMemoryChannelLayer({ capacity: 1 }));
    const faulty = new FaultyLayer(new InMemoryChannelLayer(), { seed: 1, drop: 1 });
    const { transport, socket, self } = await one(layers[0]);
    const channels = [...layers, faulty].map((layer) => layer.newChannel());
    const group = localGroup();
    for (const channel of [...channels, self.channel]) group.add(channel);
    assert.equal(group.size, 4);
    assert.deepEqual([group.publish(said("1")), group.publish(said("2"))], [0, 2]);
    transport.tick();
    assert.deepEqual(socket.frames, ["1", "2"]);
    assert.deepEqual(
      layers.map(({ dropped }) => dropped),
      [1, 1],
    );
    // A faulty layer loses its own messages. A local group has no layer on the way.
    assert.deepEqual(await faulty.receive(channels[2]?.name ?? ""), said("1"));
  });

  test("loses a channel that waits for no message longer than its lease, and one of a closed layer", async () => {
    const clock = new FakeClock();
    const make = (): InMemoryChannelLayer => new InMemoryChannelLayer({ capacity: 1, leaseMs: 10, now: clock.now });
    const [expiring, closing] = [make(), make()];
    const group = localGroup();
    const channel = expiring.newChannel();
    group.add(channel);
    group.add(closing.newChannel());
    await closing.close();
    group.publish(said("1"));
    assert.equal(group.size, 1);
    clock.advance(10);
    group.publish(said("2"));
    assert.equal(group.size, 0);
    assert.deepEqual([expiring.dropped, closing.dropped], [0, 0]);
    group.add(channel);
    assert.equal(group.size, 1);
  });

  test("passes on an event that is not JSON", async () => {
    const layer = new InMemoryChannelLayer();
    const channel = layer.newChannel();
    const group = localGroup();
    group.add(channel);
    const event = { type: "frame", bytes: new Uint8Array([1]), at: new Date(0) };
    group.publish(event);
    assert.equal(await layer.receive(channel.name), event);
  });
});

describe("a local group refuses", () => {
  const layer = new InMemoryChannelLayer();
  const CONFIGURATION = { code: "CHANNELS_CONFIGURATION" };
  for (const [what, value] of [
    ["the name of a channel", layer.newChannel().name],
    ["an object that is no channel", { name: "worker", close: async () => undefined }],
    ["null", null],
    ["a missing value", undefined],
  ] as const) {
    test(`${what}, in every call`, () => {
      const group = localGroup();
      const channel = value as unknown as Channel;
      assert.throws(() => group.add(channel), {
        ...CONFIGURATION,
        message: /^Expected a channel of this process, such as `this.channel` of a consumer, got .*`groupAdd`/s,
      });
      assert.throws(() => group.discard(channel), CONFIGURATION);
      if (value !== undefined) {
        assert.throws(() => group.publish(said("1"), { except: channel }), CONFIGURATION);
      }
      assert.equal(group.size, 0);
    });
  }

  test("an event without a type, and an unknown option", () => {
    const group = localGroup();
    for (const event of [{ type: "" }, {}, null, undefined, "said"]) {
      assert.throws(() => group.publish(event as never), { code: "CHANNELS_INVALID_MESSAGE" });
    }
    assert.throws(() => group.publish(said("1"), { but: layer.newChannel() } as never), CONFIGURATION);
  });

  test("a contract without events", () => {
    for (const contract of [{}, { events: null }, { events: { said: 1 } }, null]) {
      assert.throws(() => localGroup(contract as never), CONFIGURATION);
    }
  });
});

const validations: unknown[] = [];
const text: StandardSchema<{ readonly text: string }> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate(value) {
      validations.push(value);
      const given = (value as { readonly text?: unknown }).text;
      return typeof given === "string" ? { value: { text: given } } : { issues: [{ message: "not text" }] };
    },
  },
};
const chat = defineContract({
  name: "chat",
  path: "/ws/",
  client: {},
  server: { said: text },
  events: { said: text },
  groups: { room: (room: string) => room },
});
let channels: Channel[] = [];
class TypedChat extends JsonWebSocketConsumer(chat) {
  static readonly handlers = this.handle({ receive: {}, events: { said: { relay: (event) => event } } });
  override connect(): void {
    channels.push(this.channel);
    this.accept();
  }
}

describe("a local group of a contract", () => {
  test("validates an event once, and refuses one that breaks the contract before any member receives it", async () => {
    const transport = new RecordingTransport();
    channels = [];
    const layer = new InMemoryChannelLayer();
    const sockets = [
      await transport.open(consumer(TypedChat), layer),
      await transport.open(consumer(TypedChat), layer),
    ];
    for (const { handler } of sockets) await handler.whenIdle();
    const group = localGroup(chat);
    for (const channel of channels) group.add(channel);
    validations.length = 0;
    group.publish({ type: "said", text: "hello" });
    assert.equal(validations.length, 1);
    assert.throws(() => group.publish({ type: "said", text: 1 } as never), { code: "CHANNELS_INVALID_EVENT" });
    assert.throws(() => group.publish({ type: "sung", text: "la" } as never), { code: "CHANNELS_INVALID_EVENT" });
    transport.tick();
    for (const { frames } of sockets) assert.deepEqual(frames, ['{"text":"hello","type":"said"}']);
    assert.deepEqual(transport.reports, []);
  });
});
