import assert from "node:assert/strict";
import { test } from "node:test";
import { parseNickname } from "../../src/domain/people.ts";
import { parseRoomName } from "../../src/domain/rooms.ts";
import { KyselyStore } from "../../src/store/kysely-store.ts";
import { migrate } from "../../src/store/migrator.ts";
import type { Database } from "../../src/store/schema.ts";
import { openDatabase } from "../../src/store/sqlite/database.ts";
import { draft, LOBBY } from "../support/drafts.ts";
import type { Scene } from "../support/scene.ts";
import { newDatabaseFile } from "../support/store.ts";

const GARDEN = parseRoomName("garden");

test("entries of one batch are numbered per room, and come back in the order in which they were given", async (t) => {
  const store = await newStore(t);
  const first = await store.appendAll([draft("a"), draft("b", { room: GARDEN }), draft("c"), draft("d")]);
  assert.deepEqual(
    first.map(({ room, seq, text }) => [room, seq, text]),
    [
      ["로비", 1, "a"],
      ["garden", 1, "b"],
      ["로비", 2, "c"],
      ["로비", 3, "d"],
    ],
  );
  const second = await store.appendAll([draft("e", { room: GARDEN }), draft("f")]);
  assert.deepEqual(
    second.map(({ room, seq }) => [room, seq]),
    [
      ["garden", 2],
      ["로비", 4],
    ],
  );
});

test("a batch larger than one insert takes is whole and in order", async (t) => {
  const store = await newStore(t);
  const drafts = Array.from({ length: 6_001 }, (_, index) =>
    draft(`message ${index}`, { authorId: `person ${index}`, guestName: `Guest ${index}` }),
  );
  const entries = await store.appendAll(drafts);
  assert.deepEqual(
    entries.map(({ seq, text, authorName }) => [seq, text, authorName]),
    drafts.map(({ text, guestName }, index) => [index + 1, text, guestName]),
  );
  assert.deepEqual(await store.latestEntries(LOBBY, 10_000), entries);
});

test("an entry keeps the nickname that its author had when it was written", async (t) => {
  const store = await newStore(t);
  await store.appendAll([draft("as a guest")]);
  await store.setNickname("mina", parseNickname("미나"), 1);
  await store.appendAll([draft("with a name"), draft("from Jun", { authorId: "jun", guestName: "Guest jun" })]);
  await store.setNickname("mina", parseNickname("Mina"), 2);
  await store.appendAll([draft("with another")]);
  const entries = await store.latestEntries(LOBBY, 10);
  assert.deepEqual(
    entries.map(({ authorName }) => authorName),
    ["Guest mina", "미나", "Guest jun", "Mina"],
  );
});

test("the latest entries are the last ones, oldest first", async (t) => {
  const store = await newStore(t);
  const entries = await store.appendAll(["a", "b", "c", "d"].map((text) => draft(text)));
  assert.deepEqual(await store.latestEntries(LOBBY, 2), entries.slice(2));
  assert.deepEqual(await store.latestEntries(LOBBY, 4), entries);
  assert.deepEqual(await store.latestEntries(LOBBY, 100), entries);
});

test("an entry is read as it was written, whatever its text", async (t) => {
  const store = await newStore(t);
  const texts = ["'; drop table rooms; --", '{"a": "b"}', "👩‍👩‍👧‍👦", "line\nbreak\ttab", "\ufffd", "%_?"];
  const written = await store.appendAll(texts.map((text) => draft(text, { atMs: 1_700_000_000_123 })));
  const read = await store.latestEntries(LOBBY, 10);
  assert.deepEqual(read, written);
  assert.deepEqual(
    read.map(({ text }) => text),
    texts,
  );
});

test("a room that nobody wrote in has no entries and is not listed", async (t) => {
  const store = await newStore(t);
  assert.deepEqual(await store.latestEntries(GARDEN, 10), []);
  assert.deepEqual(await store.recentRooms(10), []);
});

test("rooms whose names differ only in case or space are different rooms", async (t) => {
  const store = await newStore(t);
  for (const name of ["Garden", "garden", " garden"])
    await store.appendAll([draft(name, { room: parseRoomName(name) })]);
  assert.equal((await store.recentRooms(10)).length, 3);
  assert.deepEqual(
    (await store.latestEntries(parseRoomName("Garden"), 10)).map(({ text }) => text),
    ["Garden"],
  );
});

test("the most recently used rooms come first, each with the number of its last entry", async (t) => {
  const store = await newStore(t);
  await store.appendAll([draft("a", { atMs: 10 }), draft("b", { room: GARDEN, atMs: 20 }), draft("c", { atMs: 15 })]);
  assert.deepEqual(await store.recentRooms(10), [
    { name: "garden", head: 1, lastAtMs: 20 },
    { name: "로비", head: 2, lastAtMs: 15 },
  ]);
  await store.appendAll([draft("d", { atMs: 30 })]);
  assert.deepEqual(await store.recentRooms(1), [{ name: "로비", head: 3, lastAtMs: 30 }]);
});

test("a nickname is kept per person, the last one counts", async (t) => {
  const store = await newStore(t);
  assert.equal(await store.nickname("mina"), undefined);
  await store.setNickname("mina", parseNickname("Mina"), 1);
  await store.setNickname("jun", parseNickname("Jun"), 2);
  await store.setNickname("mina", parseNickname("미나"), 3);
  assert.equal(await store.nickname("mina"), "미나");
  assert.equal(await store.nickname("jun"), "Jun");
});

async function newStore(scene: Scene): Promise<KyselyStore> {
  const db = openDatabase<Database>(newDatabaseFile());
  scene.after(() => db.destroy());
  await migrate(db);
  return new KyselyStore(db);
}
