import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Entry } from "../../src/domain/entries.ts";
import { parseRoomName } from "../../src/domain/rooms.ts";
import { Chat } from "../../src/services/chat.ts";
import type { Notifier } from "../../src/services/ports.ts";
import { LOBBY } from "../support/drafts.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { openStore } from "../support/store.ts";

const MINA = { id: "mina", guestName: "Guest mina" };
const CLOCK = { nowMs: () => 1_700_000_000_000 };

test("a message that was posted comes back with its number, its author and the time", async () => {
  const chat = new Chat(new MemoryStore(), new Notices(), CLOCK);
  assert.deepEqual(await chat.post(LOBBY, MINA, "안녕"), {
    room: "로비",
    seq: 1,
    authorId: "mina",
    authorName: "Guest mina",
    text: "안녕",
    atMs: 1_700_000_000_000,
  });
});

test("members are told only after the store has committed", async () => {
  const store = new MemoryStore();
  const notices = new Notices();
  const commit = Promise.withResolvers<void>();
  store.commit = () => commit.promise;
  const posting = new Chat(store, notices, CLOCK).post(LOBBY, MINA, "hi");
  await nextTurn();
  assert.deepEqual(store.calls, ["append"]);
  assert.deepEqual(notices.entries, []);
  commit.resolve();
  const entry = await posting;
  assert.deepEqual(notices.entries, [entry]);
});

test("when the store fails, nobody is told and the author gets the error", async () => {
  const store = new MemoryStore();
  const notices = new Notices();
  store.commit = () => Promise.reject(new Error("The disk is full."));
  await assert.rejects(new Chat(store, notices, CLOCK).post(LOBBY, MINA, "hi"), { message: "The disk is full." });
  assert.deepEqual(notices.entries, []);
});

test("a text that is no message is neither stored nor told", async () => {
  const store = new MemoryStore();
  const notices = new Notices();
  const chat = new Chat(store, notices, CLOCK);
  for (const [text, code] of [
    ["", "LOBBY_MESSAGE_EMPTY"],
    ["a\0b", "LOBBY_MESSAGE_CHARACTERS"],
    ["a".repeat(4_001), "LOBBY_MESSAGE_TOO_LONG"],
  ] as const) {
    await assert.rejects(chat.post(LOBBY, MINA, text), { code });
  }
  assert.deepEqual(store.calls, []);
  assert.deepEqual(notices.entries, []);
});

test("a thousand messages at once are told in the order of their numbers, in every room", async (t) => {
  const store = await openStore(t);
  const notices = new Notices();
  const chat = new Chat(store, notices, CLOCK);
  const rooms = [LOBBY, parseRoomName("garden"), parseRoomName("50%")];
  const posted = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) => chat.post(rooms[index % 3] ?? LOBBY, MINA, `message ${index}`)),
  );
  assert.equal(notices.entries.length, 1_000);
  for (const room of rooms) {
    const told = notices.entries.filter((entry) => entry.room === room);
    assert.deepEqual(
      told.map(({ seq }) => seq),
      told.map((_, index) => index + 1),
    );
    assert.deepEqual(
      told,
      posted.filter((entry) => entry.room === room),
    );
    assert.deepEqual(await chat.history(room), told.slice(-100));
  }
});

test("a room opens with its last 100 messages, and the index lists 50 rooms", async () => {
  const store = new MemoryStore();
  const chat = new Chat(store, new Notices(), CLOCK);
  await chat.history(LOBBY);
  await chat.rooms();
  assert.deepEqual(store.calls, ["latestEntries 100", "recentRooms 50"]);
});

/** Remembers what members were told. */
class Notices implements Notifier {
  readonly entries: Entry[] = [];

  async appended(entry: Entry): Promise<void> {
    this.entries.push(entry);
  }
}
