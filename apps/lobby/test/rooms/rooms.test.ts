import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTick } from "node:timers/promises";
import type { Entry } from "../../src/rooms/entry.ts";
import type { EntryAppended } from "../../src/rooms/events.ts";
import type { RoomNotifier } from "../../src/rooms/ports.ts";
import { parseRoomName } from "../../src/rooms/room.ts";
import { Rooms } from "../../src/rooms/rooms.ts";
import { LOBBY } from "../support/entry-draft.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { openStore } from "../support/store.ts";

const MINA = { id: "mina", guestName: "Guest mina" };
const CLOCK = { nowMs: () => 1_700_000_000_000 };

test("posting returns the entry with its number, its author and the time", async () => {
  const rooms = new Rooms(new MemoryStore(), new RecordingNotifier(), CLOCK);
  assert.deepEqual(await rooms.post(LOBBY, MINA, "안녕"), {
    room: "로비",
    seq: 1,
    authorId: "mina",
    authorName: "Guest mina",
    text: "안녕",
    atMs: 1_700_000_000_000,
  });
});

test("members receive an entry only after the store has committed it", async () => {
  const store = new MemoryStore();
  const notifier = new RecordingNotifier();
  const commit = Promise.withResolvers<void>();
  store.commit = () => commit.promise;
  const posting = new Rooms(store, notifier, CLOCK).post(LOBBY, MINA, "hi", "client id");
  await nextTick();
  assert.deepEqual(store.calls, ["append"]);
  assert.deepEqual(notifier.events, []);
  commit.resolve();
  const entry = await posting;
  assert.deepEqual(notifier.events, [{ entry, clientMessageId: "client id" }]);
});

test("when the store fails, the author gets the error and members receive nothing", async () => {
  const store = new MemoryStore();
  const notifier = new RecordingNotifier();
  store.commit = () => Promise.reject(new Error("The disk is full."));
  await assert.rejects(new Rooms(store, notifier, CLOCK).post(LOBBY, MINA, "hi"), { message: "The disk is full." });
  assert.deepEqual(notifier.entries, []);
});

test("an invalid message reaches neither the store nor the members", async () => {
  const store = new MemoryStore();
  const notifier = new RecordingNotifier();
  const rooms = new Rooms(store, notifier, CLOCK);
  for (const [text, code] of [
    ["", "LOBBY_MESSAGE_EMPTY"],
    ["a\0b", "LOBBY_MESSAGE_CHARACTERS"],
    ["a".repeat(4_001), "LOBBY_MESSAGE_TOO_LONG"],
  ] as const) {
    await assert.rejects(rooms.post(LOBBY, MINA, text), { code });
  }
  assert.deepEqual(store.calls, []);
  assert.deepEqual(notifier.entries, []);
});

test("members receive a thousand simultaneous messages in the order of their numbers, in every room", async (t) => {
  const store = await openStore(t);
  const notifier = new RecordingNotifier();
  const rooms = new Rooms(store, notifier, CLOCK);
  const names = [LOBBY, parseRoomName("garden"), parseRoomName("50%")];
  const posted = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) => rooms.post(names[index % 3] ?? LOBBY, MINA, `message ${index}`)),
  );
  assert.equal(notifier.entries.length, 1_000);
  for (const room of names) {
    const received = notifier.entries.filter((entry) => entry.room === room);
    assert.deepEqual(
      received.map(({ seq }) => seq),
      received.map((_, index) => index + 1),
    );
    assert.deepEqual(
      received,
      posted.filter((entry) => entry.room === room),
    );
    assert.deepEqual(await rooms.history(room), received.slice(-50));
  }
});

test("a room opens with its last 50 entries, and the index lists 50 rooms", async () => {
  const store = new MemoryStore();
  const rooms = new Rooms(store, new RecordingNotifier(), CLOCK);
  await rooms.history(LOBBY);
  await rooms.recent();
  assert.deepEqual(store.calls, ["latestEntries 50", "recentRooms 50"]);
});

test("a text means the room with the canonical form of the name", async () => {
  const rooms = new Rooms(new MemoryStore(), new RecordingNotifier(), CLOCK);
  for (const text of ["로비", " 로비\u3000", "로비".normalize("NFD")]) assert.equal(await rooms.find(text), "로비");
  await assert.rejects(rooms.find("a\u200bb"), {
    code: "LOBBY_ROOM_NAME_INVISIBLE",
    subject: "U+200B ZERO WIDTH SPACE",
  });
});

test("a new room whose name looks like that of an open room is refused, and the refusal names the open room", async () => {
  const rooms = new Rooms(new MemoryStore(), new RecordingNotifier(), CLOCK);
  const cyrillic = await rooms.find("l\u043ebby");
  await rooms.post(await rooms.find("lobby"), MINA, "hi");
  const refusal = { code: "LOBBY_ROOM_NAME_CONFUSABLE", subject: "lobby" };
  await assert.rejects(rooms.find("l\u043ebby"), refusal);
  await assert.rejects(rooms.post(cyrillic, MINA, "hi"), refusal);
  assert.equal(await rooms.find("lobby"), "lobby");
  assert.equal(await rooms.find("Lobby"), "Lobby");
});

/** A notifier that records every event. */
class RecordingNotifier implements RoomNotifier {
  readonly events: EntryAppended[] = [];

  get entries(): readonly Entry[] {
    return this.events.map(({ entry }) => entry);
  }

  async entryAppended(event: EntryAppended): Promise<void> {
    this.events.push(event);
  }
}
