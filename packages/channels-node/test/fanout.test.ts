/** Messages to groups, over real sockets. */
import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  consumer,
  InMemoryChannelLayer,
  relay,
  WebSocketConsumer,
  type ChannelMessage,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";
import { Peer } from "./support/wire-client.ts";
import { startServer } from "./support/server.ts";

interface Room {
  readonly "room.said": { readonly text: string };
  readonly "room.whispered": { readonly text: string };
}

/** Says what it gets to the room, in between two frames of its own. */
class Member extends WebSocketConsumer<WebSocketScope, Room> {
  static readonly events: EventTable<Member> = {
    "room.said": relay(({ text }) => text),
    "room.whispered": (member, { text }) => void member.send(text),
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

test("200 clients get 200 messages each, in the one order in which they were sent", async (t) => {
  const CLIENTS = 200;
  const MESSAGES = 200;
  const layer = new InMemoryChannelLayer();
  const { wsUrl, server } = await startServer(t, { websocket: consumer(Member), layer });
  const peers = await Promise.all(Array.from({ length: CLIENTS }, () => Peer.open(t, wsUrl)));
  assert.equal(server.connections, CLIENTS);
  const texts = Array.from({ length: MESSAGES }, (_, index) => `말 ${index}`);
  for (const text of texts) await layer.groupSend("room", event("room.said", text));
  for (const peer of peers) assert.deepEqual(await peer.take(MESSAGES), texts);
  assert.equal(layer.dropped, 0);
});

test("what is said while a message is still being written to others reaches everybody once, and in order", async (t) => {
  const layer = new InMemoryChannelLayer();
  const { wsUrl } = await startServer(t, { websocket: consumer(Member), layer });
  const peers = await Promise.all(Array.from({ length: 300 }, () => Peer.open(t, wsUrl)));
  const texts = Array.from({ length: 200 }, (_, index) => `말 ${"x".repeat(index)}`);
  for (const text of texts) {
    await layer.groupSend("room", event("room.said", text));
    await nextTurn();
  }
  for (const peer of peers) assert.deepEqual(await peer.take(texts.length), texts);
});

test("many who speak at once are heard by all in the same order, and each in the order it spoke", async (t) => {
  const SPEAKERS = 20;
  const { wsUrl } = await startServer(t, { websocket: consumer(Member) });
  const peers = await Promise.all(Array.from({ length: SPEAKERS }, () => Peer.open(t, wsUrl)));
  for (const text of ["a", "b", "c"]) for (const [index, peer] of peers.entries()) peer.send(`${index}${text}`);
  const heard: string[][] = [];
  for (const peer of peers) {
    const frames = (await peer.take(SPEAKERS * 3 * 2 + 9)).map(String);
    heard.push(frames.filter((frame) => frame.includes("to all")));
  }
  for (const frames of heard) assert.deepEqual(frames, heard[0]);
  const ofFirst = heard[0]?.filter((frame) => /^0[abc] to all$/.test(frame));
  assert.deepEqual(ofFirst, ["0a to all", "0b to all", "0c to all"]);
});

test("frames to one and frames to all reach a peer in the order in which they were sent to it", async (t) => {
  const { wsUrl } = await startServer(t, { websocket: consumer(Member) });
  const speaker = await Peer.open(t, wsUrl);
  const listener = await Peer.open(t, wsUrl);
  speaker.send("one");
  speaker.send("two");
  const ofOne = ["one begins", "one to all", "one between", "one to all again", "one ends"];
  assert.deepEqual(await speaker.take(10), [...ofOne, ...ofOne.map((frame) => frame.replace("one", "two"))]);
  assert.deepEqual(await listener.take(4), ["one to all", "one to all again", "two to all", "two to all again"]);
});

test("whoever joins or leaves in the middle gets exactly what was said in between", async (t) => {
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
  const peer = await Peer.open(t, wsUrl);
  peer.send("go");
  assert.deepEqual(await peer.take(3), ["inside", "still inside", "end"]);
});

test("relays and handlers of one group both reach every member", async (t) => {
  const layer = new InMemoryChannelLayer();
  const { wsUrl } = await startServer(t, { websocket: consumer(Member), layer });
  const peers = [await Peer.open(t, wsUrl), await Peer.open(t, wsUrl)];
  await layer.groupSend("room", event("room.whispered", "psst"));
  for (const peer of peers) assert.equal(await peer.next(), "psst");
});
