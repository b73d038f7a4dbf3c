import assert from "node:assert/strict";
import { copyFile, readdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { parseNickname } from "../../../src/domain/people.ts";
import { parseRoomName } from "../../../src/domain/rooms.ts";
import { SqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import { draft, LOBBY } from "../../support/drafts.ts";
import type { Scene } from "../../support/scene.ts";
import { newDatabaseFile, openBeside, openStore } from "../../support/store.ts";
import { soon } from "@lobby/test-support/waiting";
import { countCommits } from "../../support/write-ahead-log.ts";

const ROOMS = [LOBBY, parseRoomName("garden"), parseRoomName("a b")];

test("entries written at the same time are numbered 1, 2, 3 … per room, also over a restart", async (t) => {
  const file = newDatabaseFile();
  const heads = new Map(ROOMS.map((room) => [room, 0]));
  for (const round of ["before", "after"]) {
    const store = await openStore(t, file);
    const drafts = Array.from({ length: 300 }, (_, index) =>
      draft(`${round} ${index}`, { room: ROOMS[index % 3] ?? LOBBY }),
    );
    const entries = await Promise.all(drafts.map((one) => store.append(one)));
    for (const [index, { room, seq, text }] of entries.entries()) {
      heads.set(room, (heads.get(room) ?? 0) + 1);
      assert.deepEqual([seq, text], [heads.get(room), `${round} ${index}`]);
    }
    await store.close();
  }
  const store = await openStore(t, file);
  for (const room of ROOMS) {
    const seqs = (await store.latestEntries(room, 1_000)).map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      Array.from({ length: 200 }, (_, index) => index + 1),
    );
  }
});

test("what is asked after an append sees it", async (t) => {
  const store = await openStore(t);
  const appending = store.append(draft("hi"));
  const reading = store.latestEntries(LOBBY, 10);
  assert.deepEqual(await reading, [await appending]);
});

test("a nickname counts for what is said behind it, not for what was said before", async (t) => {
  const store = await openStore(t);
  const [before, , after] = await Promise.all([
    store.append(draft("before")),
    store.setNickname("mina", parseNickname("미나"), 1),
    store.append(draft("after")),
  ]);
  assert.equal(before.authorName, "Guest mina");
  assert.equal(after.authorName, "미나");
  assert.equal(await store.nickname("mina"), "미나");
});

test("what arrives while the disk is busy goes into one commit", async (t) => {
  const file = newDatabaseFile();
  const store = await openStore(t, file);
  const reader = openBeside(t, file);
  reader.exec("BEGIN; SELECT count(*) FROM entries;");
  const before = countCommits(file);
  await store.append(draft("alone"));
  assert.equal(countCommits(file) - before, 1);

  const letGo = holdWrites(t, file);
  const asked = [
    store.setNickname("mina", parseNickname("미나"), 1),
    ...Array.from({ length: 1_000 }, (_, index) => store.append(draft(`message ${index}`))),
  ];
  letGo();
  await Promise.all(asked);
  assert.equal(countCommits(file) - before, 1 + 2);
  assert.equal((await store.latestEntries(LOBBY, 2_000)).length, 1_001);
});

test("when a commit fails, all of its entries are refused and their numbers go to others", async (t) => {
  const file = newDatabaseFile();
  const store = await openStore(t, file);
  await store.append(draft("first"));
  // A reference that leads nowhere, and that SQLite looks at only when it commits.
  openBeside(t, file).exec(`
    CREATE TABLE traps (id INTEGER REFERENCES rooms (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER trap AFTER INSERT ON entries WHEN new.text = 'poison' BEGIN INSERT INTO traps VALUES (-1); END;
  `);
  const letGo = holdWrites(t, file);
  const naming = store.setNickname("mina", parseNickname("미나"), 1);
  const batch = [draft("innocent"), draft("poison", { room: ROOMS[1] ?? LOBBY }), draft("bystander")];
  const settling = Promise.allSettled(batch.map((one) => store.append(one)));
  letGo();
  await naming;
  for (const result of await soon(settling, "answers to all of the batch")) {
    assert.equal(result.status, "rejected");
    assert.match(String(result.reason), /FOREIGN KEY constraint failed/);
  }
  assert.deepEqual(
    (await store.latestEntries(LOBBY, 10)).map(({ text }) => text),
    ["first"],
  );
  assert.equal((await store.recentRooms(10)).length, 1);
  assert.equal((await store.append(draft("next"))).seq, 2);
});

test("closing waits for what was asked before; what is asked afterwards is refused", async (t) => {
  const file = newDatabaseFile();
  const { store } = await SqliteStore.open(file);
  const appending = Array.from({ length: 100 }, (_, index) => store.append(draft(`message ${index}`)));
  await store.close();
  assert.equal((await Promise.all(appending)).length, 100);
  const closed = { message: "The database was closed." };
  const late = [store.append(draft("too late")), store.latestEntries(LOBBY, 1), store.nickname("mina"), store.check()];
  for (const one of late) await assert.rejects(soon<unknown>(one, "a refusal"), closed);
  await store.close();
  const again = await openStore(t, file);
  assert.equal((await again.latestEntries(LOBBY, 1_000)).length, 100);
});

test("a closed store is one file, which can be copied as a backup", async (t) => {
  const file = newDatabaseFile();
  const store = await openStore(t, file);
  const entry = await store.append(draft("hi"));
  await store.close();
  assert.deepEqual(await readdir(path.dirname(file)), ["lobby.sqlite"]);
  const copy = newDatabaseFile();
  await copyFile(file, copy);
  assert.deepEqual(await (await openStore(t, copy)).latestEntries(LOBBY, 10), [entry]);
});

test("a store that can serve says so, and one without its tables does not", async (t) => {
  const file = newDatabaseFile();
  const store = await openStore(t, file);
  await store.check();
  openBeside(t, file).exec("ALTER TABLE rooms RENAME TO elsewhere");
  await assert.rejects(store.check(), { message: "The database failed: no such table: rooms" });
});

test("however many ask at once whether a store can serve, the disk is asked once, and again for who asks later", async (t) => {
  const file = newDatabaseFile();
  const store = await openStore(t, file);
  const reader = openBeside(t, file);
  await store.append(draft("hi"));
  reader.exec("BEGIN; SELECT count(*) FROM entries;");
  const before = countCommits(file);
  const letGo = holdWrites(t, file);
  const asked = Array.from({ length: 1_000 }, () => store.check());
  letGo();
  await Promise.all(asked);
  assert.equal(countCommits(file) - before, 1);
  await store.check();
  assert.equal(countCommits(file) - before, 2);
});

/** Keeps the store from writing, so that what is asked meanwhile piles up behind the first that wants to. */
function holdWrites(scene: Scene, file: string): () => void {
  const beside = openBeside(scene, file);
  beside.exec("BEGIN IMMEDIATE");
  return () => beside.exec("ROLLBACK");
}
