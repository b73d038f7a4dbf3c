/** Group messages over real sockets. */
import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate as nextIteration } from "node:timers/promises";
import {
  consumer,
  InMemoryChannelLayer,
  WebSocketConsumer,
  type ChannelMessage,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";
import { WireClient } from "./support/wire-client.ts";
import { startServer } from "./support/server.ts";

interface Room {
  readonly "room.said": { readonly text: string };
  readonly "room.whispered": { readonly text: string };
}

/** A member that sends each text to the room, between frames to its own client. */
class Member extends WebSocketConsumer<WebSocketScope, Room> {
  static readonly events: EventTable<Member> = {
    "room.said": { relay: ({ text }) => text },
    "room.whispered"({ text }) {
      this.send(text);
    },
  };

  override get groups(): readonly string[] {
    return ["room"];
  }

  override async receive(text: string): Promise<void> {
    this.send(`${text} begins`);
    await this.groupSend("room", { type: "room.said", text: `${text} to all` });
    this.send(`${text} between`);
    await this.groupSend("room", { type: "room.said", text: `${text} to all again` });
    this.send(`${text} ends`);
  }
}

function event(type: keyof Room, text: string): ChannelMessage & { readonly text: string } {
  return { type, text };
}

test("200 clients receive 200 messages each, in sending order", async (t) => {
  const CLIENTS = 200;
  const MESSAGES = 200;
  const layer = new InMemoryChannelLayer();
  const { wsUrl, server } = await startServer(t, { websocket: consumer(Member), layer });
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => WireClient.open(t, wsUrl)));
  assert.equal(server.connections, CLIENTS);
  const texts = Array.from({ length: MESSAGES }, (_, index) => `말 ${index}`);
  for (const text of texts) await layer.groupSend("room", event("room.said", text));
  for (const client of clients) assert.deepEqual(await client.take(MESSAGES), texts);
  assert.equal(layer.dropped, 0);
});

test("A message that is sent during the fan-out of another one reaches every client once, in order", async (t) => {
  const layer = new InMemoryChannelLayer();
  const { wsUrl } = await startServer(t, { websocket: consumer(Member), layer });
  const clients = await Promise.all(Array.from({ length: 300 }, () => WireClient.open(t, wsUrl)));
  const texts = Array.from({ length: 200 }, (_, index) => `말 ${"x".repeat(index)}`);
  for (const text of texts) {
    await layer.groupSend("room", event("room.said", text));
    await nextIteration();
  }
  for (const client of clients) assert.deepEqual(await client.take(texts.length), texts);
});

test("Every client receives the messages of concurrent senders in one order, and each sender's in its sending order", async (t) => {
  const SPEAKERS = 20;
  const { wsUrl } = await startServer(t, { websocket: consumer(Member) });
  const clients = await Promise.all(Array.from({ length: SPEAKERS }, () => WireClient.open(t, wsUrl)));
  for (const text of ["a", "b", "c"]) for (const [index, client] of clients.entries()) client.send(`${index}${text}`);
  const received: string[][] = [];
  for (const client of clients) {
    const frames = (await client.take(SPEAKERS * 3 * 2 + 9)).map(String);
    received.push(frames.filter((frame) => frame.includes("to all")));
  }
  for (const frames of received) assert.deepEqual(frames, received[0]);
  const ofFirst = received[0]?.filter((frame) => /^0[abc] to all$/.test(frame));
  assert.deepEqual(ofFirst, ["0a to all", "0b to all", "0c to all"]);
});

test("Direct frames and group frames reach a client in sending order", async (t) => {
  const { wsUrl } = await startServer(t, { websocket: consumer(Member) });
  const speaker = await WireClient.open(t, wsUrl);
  const listener = await WireClient.open(t, wsUrl);
  speaker.send("one");
  speaker.send("two");
  const ofOne = ["one begins", "one to all", "one between", "one to all again", "one ends"];
  assert.deepEqual(await speaker.take(10), [...ofOne, ...ofOne.map((frame) => frame.replace("one", "two"))]);
  assert.deepEqual(await listener.take(4), ["one to all", "one to all again", "two to all", "two to all again"]);
});

test("A member receives exactly the messages between its join and its leave", async (t) => {
  const layer = new InMemoryChannelLayer();
  class Visitor extends Member {
    override get groups(): readonly string[] {
      return [];
    }
    override async receive(): Promise<void> {
      const say = (text: string): Promise<void> => this.groupSend("room", { type: "room.said", text });
      await say("before");
      await this.groupAdd("room");
      await say("inside");
      await this.groupAdd("room");
      await say("still inside");
      await this.groupDiscard("room");
      await say("after");
      this.send("end");
    }
  }
  const { wsUrl } = await startServer(t, { websocket: consumer(Visitor), layer });
  const client = await WireClient.open(t, wsUrl);
  client.send("go");
  assert.deepEqual(await client.take(3), ["inside", "still inside", "end"]);
});

test("Relays and handlers of one group reach every member", async (t) => {
  const layer = new InMemoryChannelLayer();
  const { wsUrl } = await startServer(t, { websocket: consumer(Member), layer });
  const clients = [await WireClient.open(t, wsUrl), await WireClient.open(t, wsUrl)];
  await layer.groupSend("room", event("room.whispered", "psst"));
  for (const client of clients) assert.equal(await client.next(), "psst");
});
