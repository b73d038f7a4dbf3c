import assert from "node:assert/strict";
import fs, { readdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import type { RoomName } from "@lobby/protocol";
import { FileMigrationProvider, Migrator, type Kysely } from "kysely";
import { parseRoomName } from "../../src/rooms/room.ts";
import { MIGRATIONS_FOLDER } from "../../src/storage/migrations-folder.ts";
import { migrate } from "../../src/storage/migrator.ts";
import type { Database } from "../../src/storage/schema.ts";
import { kyselyOn, openConnection } from "../../src/storage/sqlite/database.ts";
import { SqliteStore } from "../../src/storage/sqlite/sqlite-store.ts";
import type { Cleanup } from "../support/cleanup.ts";
import { draft, LOBBY } from "../support/entry-draft.ts";
import { newDatabaseFile, openBeside, openStore } from "../support/store.ts";

const ALL = (await readdir(MIGRATIONS_FOLDER)).map((file) => path.parse(file).name).toSorted();

const NEWER =
  "A newer version of Lobby migrated this database. It has 9998-polls, 9999-stars, which this version does not know. " +
  "Start the newer version, or restore a backup from before the upgrade.";

test("every migration has a unique number, which defines the order", () => {
  for (const name of ALL) assert.match(name, /^\d{4}-[a-z\d-]+$/);
  assert.equal(new Set(ALL.map((name) => name.slice(0, 4))).size, ALL.length);
});

test("a new database gets every migration, in order", async (t) => {
  assert.deepEqual(await migrate(open(t, newDatabaseFile())), ALL);
});

test("a database that is up to date stays unchanged", async (t) => {
  const file = newDatabaseFile();
  await migrate(open(t, file));
  const store = await openStore(t, file);
  const entry = await store.append(draft("kept"));
  await store.close();
  assert.deepEqual(await migrate(open(t, file)), []);
  const again = await openStore(t, file);
  assert.deepEqual(await again.latestEntries(LOBBY, 10), [entry]);
});

test("opening a store returns the migrations that it applied", async (t) => {
  const file = newDatabaseFile();
  const first = await SqliteStore.open(file);
  await first.store.close();
  const second = await SqliteStore.open(file);
  t.after(() => second.store.close());
  assert.deepEqual([first.applied, second.applied], [ALL, []]);
});

test("several stores that open a new database at once all succeed, and each migration runs once", async (t) => {
  const file = newDatabaseFile();
  const results = await Promise.allSettled(Array.from({ length: 6 }, () => SqliteStore.open(file)));
  const opened = results.filter((result) => result.status === "fulfilled").map(({ value }) => value);
  for (const { store } of opened) t.after(() => store.close());
  assert.deepEqual(
    results.filter((result) => result.status === "rejected"),
    [],
  );
  assert.deepEqual(
    opened.flatMap(({ applied }) => applied),
    ALL,
  );
});

test("people of an earlier version keep their names, and the time of their first act", async (t) => {
  const file = newDatabaseFile();
  await createFirstVersion(file);
  openBeside(t, file).exec(`
    INSERT INTO rooms VALUES (1, 'lobby', 3, 30);
    INSERT INTO entries VALUES (1, 1, 'jun', 'Guest', 'a', 10), (1, 2, 'mina', 'Mina', 'b', 20), (1, 3, 'jun', 'Guest', 'c', 30);
    INSERT INTO people VALUES ('mina', 'Mina', 15), ('ann', 'Ann', 25);
  `);
  const store = await openStore(t, file);
  const people = ["jun", "mina", "ann"].map(async (id) => [await store.nickname(id), await store.firstSpokeAtMs(id)]);
  assert.deepEqual(await Promise.all(people), [
    [undefined, 10],
    ["Mina", 15],
    ["Ann", 25],
  ]);
});

test("a database from a newer version is refused and stays unchanged", async (t) => {
  const file = newDatabaseFile();
  await migrate(open(t, file));
  const beside = openBeside(t, file);
  beside.exec(`
    INSERT INTO kysely_migration VALUES ('9998-polls', '2030-01-01'), ('9999-stars', '2030-01-02');
    CREATE TABLE polls (id INTEGER);
  `);
  const schema = (): unknown => beside.prepare("SELECT * FROM sqlite_schema").all();
  const before = schema();
  await assert.rejects(migrate(open(t, file)), { code: "LOBBY_DATABASE_NEWER", message: NEWER });
  assert.deepEqual(schema(), before);
  await assert.rejects(SqliteStore.open(file), { code: "LOBBY_DATABASE_NEWER", message: NEWER });
});

function open(cleanup: Cleanup, file: string): Kysely<Database> {
  const db = kyselyOn<Database>(openConnection(file));
  cleanup.after(() => db.destroy());
  return db;
}

test("a database of the first version gets the skeleton of each room's name", async (t) => {
  const file = newDatabaseFile();
  await createFirstVersion(file);
  openBeside(t, file).exec(`
    INSERT INTO rooms VALUES (1, 'garden', 1, 10), (2, 'l\u043ebby', 0, 0), (3, 'lobby\u00ad', 0, 0);
    INSERT INTO entries VALUES (1, 1, 'jun', 'Guest', 'kept', 10);
  `);
  const store = await openStore(t, file);
  assert.equal(await store.roomLike(parseRoomName("g\u0430rden")), "garden");
  assert.equal(await store.roomLike(parseRoomName("lobby")), "l\u043ebby");
  assert.equal(await store.roomLike("lobby\u00ad" as RoomName), "lobby\u00ad");
  assert.equal((await store.latestEntries(parseRoomName("garden"), 1))[0]?.text, "kept");
});

/** Creates the database of the first version of Lobby. */
async function createFirstVersion(file: string): Promise<void> {
  const db = kyselyOn<Database>(openConnection(file));
  const provider = new FileMigrationProvider({ fs, path, migrationFolder: MIGRATIONS_FOLDER });
  await new Migrator({ db, provider }).migrateTo("0001-rooms-entries-people");
  await db.destroy();
}
