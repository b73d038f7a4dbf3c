import assert from "node:assert/strict";
import { copyFile, readdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { parseNickname } from "../../../src/people/person.ts";
import { parseRoomName } from "../../../src/rooms/room.ts";
import { SqliteStore } from "../../../src/storage/sqlite/sqlite-store.ts";
import { Refusal } from "../../../src/shared/refusal.ts";
import type { StoreNotice } from "../../../src/storage/sqlite/health.ts";
import type { Cleanup } from "../../support/cleanup.ts";
import { draft, LOBBY } from "../../support/entry-draft.ts";
import { newDatabaseFile, openBeside, openStore } from "../../support/store.ts";
import { soon } from "@lobby/test-support/waiting";
import { countCommits } from "../../support/write-ahead-log.ts";

const ROOMS = [LOBBY, parseRoomName("garden"), parseRoomName("a b")];

test("the numbers of simultaneous entries continue after a restart: 1, 2, 3 … per room", async (t) => {
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

test("entries that arrive while the disk is busy share one commit", async (t) => {
  const file = newDatabaseFile();
  const store = await openStore(t, file);
  const reader = openBeside(t, file);
  reader.exec("BEGIN; SELECT count(*) FROM entries;");
  const before = countCommits(file);
  await store.append(draft("alone"));
  assert.equal(countCommits(file) - before, 1);

  const unblock = blockWrites(t, file);
  const calls = [
    store.setNickname("mina", parseNickname("미나"), 1),
    ...Array.from({ length: 1_000 }, (_, index) => store.append(draft(`message ${index}`))),
  ];
  unblock();
  await Promise.all(calls);
  assert.equal(countCommits(file) - before, 1 + 2);
  assert.equal((await store.latestEntries(LOBBY, 2_000)).length, 1_001);
});

test("when an entry makes a commit fail, the entries of its room are refused and those of other rooms are stored", async (t) => {
  const file = newDatabaseFile();
  const notices: StoreNotice[] = [];
  const store = await openStore(t, file, (notice) => void notices.push(notice));
  await store.append(draft("first"));
  // A foreign key without a target, which SQLite checks only at the commit.
  openBeside(t, file).exec(`
    CREATE TABLE traps (id INTEGER REFERENCES rooms (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER trap AFTER INSERT ON entries WHEN new.text = 'poison' BEGIN INSERT INTO traps VALUES (-1); END;
  `);
  const unblock = blockWrites(t, file);
  const naming = store.setNickname("mina", parseNickname("미나"), 1);
  const batch = [draft("innocent"), draft("poison", { room: ROOMS[1] ?? LOBBY }), draft("bystander")];
  const settling = Promise.allSettled(batch.map((one) => store.append(one)));
  unblock();
  await naming;
  const [innocent, poison, bystander] = await soon(settling, "replies to the whole batch");
  assert.ok(innocent?.status === "fulfilled" && bystander?.status === "fulfilled");
  assert.deepEqual([innocent.value.seq, bystander.value.seq], [2, 3]);
  assert.ok(poison?.status === "rejected" && poison.reason instanceof Refusal);
  assert.equal(poison.reason.code, "LOBBY_NOT_STORED");
  const reason = "The database failed: FOREIGN KEY constraint failed";
  await assert.rejects(store.append(draft("poison", { room: ROOMS[1] ?? LOBBY })), { code: "LOBBY_NOT_STORED" });
  // One log line for all refusals, and no visitor can take the server out of service.
  assert.deepEqual(notices, [{ level: "error", message: `Cannot write to the room "garden". ${reason}` }]);
  assert.equal(await store.check(), undefined);
  assert.deepEqual(
    (await store.latestEntries(LOBBY, 10)).map(({ text }) => text),
    ["first", "innocent", "bystander"],
  );
  assert.equal((await store.recentRooms(10)).length, 1);
  assert.equal((await store.append(draft("next", { room: ROOMS[1] ?? LOBBY }))).seq, 1);
});

test("closing waits for earlier calls, and later calls are rejected", async (t) => {
  const file = newDatabaseFile();
  const { store } = await SqliteStore.open(file);
  const appending = Array.from({ length: 100 }, (_, index) => store.append(draft(`message ${index}`)));
  await store.close();
  assert.equal((await Promise.all(appending)).length, 100);
  const closed = { message: "The database was closed." };
  const late = [store.append(draft("too late")), store.latestEntries(LOBBY, 1), store.nickname("mina"), store.check()];
  for (const one of late) await assert.rejects(soon<unknown>(one, "a rejection"), closed);
  await store.close();
  const again = await openStore(t, file);
  assert.equal((await again.latestEntries(LOBBY, 1_000)).length, 100);
});

test("a closed store is one file, so a copy of that file is a backup", async (t) => {
  const file = newDatabaseFile();
  const store = await openStore(t, file);
  const entry = await store.append(draft("hi"));
  await store.close();
  assert.deepEqual(await readdir(path.dirname(file)), ["lobby.sqlite"]);
  const copy = newDatabaseFile();
  await copyFile(file, copy);
  assert.deepEqual(await (await openStore(t, copy)).latestEntries(LOBBY, 10), [entry]);
});

test("the check passes for a usable store, and fails for one without its tables", async (t) => {
  const file = newDatabaseFile();
  const store = await openStore(t, file);
  assert.equal(await store.check(), undefined);
  openBeside(t, file).exec("ALTER TABLE people RENAME TO elsewhere");
  assert.match(
    (await store.check()) ?? "",
    /^Cannot write to the list of people\. Another program has changed the tables/,
  );
});

test("simultaneous checks share one commit, and a later check gets a commit of its own", async (t) => {
  const file = newDatabaseFile();
  const store = await openStore(t, file);
  const reader = openBeside(t, file);
  await store.append(draft("hi"));
  reader.exec("BEGIN; SELECT count(*) FROM entries;");
  const before = countCommits(file);
  const unblock = blockWrites(t, file);
  const calls = Array.from({ length: 1_000 }, () => store.check());
  unblock();
  await Promise.all(calls);
  assert.equal(countCommits(file) - before, 1);
  await store.check();
  assert.equal(countCommits(file) - before, 2);
});

/** Blocks writes until the result is called. Meanwhile, calls queue up after the first one that writes. */
function blockWrites(cleanup: Cleanup, file: string): () => void {
  const beside = openBeside(cleanup, file);
  beside.exec("BEGIN IMMEDIATE");
  return () => beside.exec("ROLLBACK");
}
