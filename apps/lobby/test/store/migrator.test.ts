import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import type { Kysely } from "kysely";
import { MIGRATIONS_FOLDER } from "../../src/store/migrations-folder.ts";
import { migrate } from "../../src/store/migrator.ts";
import type { Database } from "../../src/store/schema.ts";
import { openDatabase } from "../../src/store/sqlite/database.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { draft, LOBBY } from "../support/drafts.ts";
import type { Scene } from "../support/scene.ts";
import { newDatabaseFile, openBeside, openStore } from "../support/store.ts";

const ALL = (await readdir(MIGRATIONS_FOLDER)).map((file) => path.parse(file).name).toSorted();

const NEWER =
  "The database comes from a newer version of Lobby: it has 9998-polls, 9999-stars, which this version does not know. " +
  "Start the newer version, or restore a backup from before the upgrade.";

test("every migration has a number of its own, so that their order is one", () => {
  for (const name of ALL) assert.match(name, /^\d{4}-[a-z\d-]+$/);
  assert.equal(new Set(ALL.map((name) => name.slice(0, 4))).size, ALL.length);
});

test("a fresh database gets every migration, in order", async (t) => {
  assert.deepEqual(await migrate(open(t, newDatabaseFile())), ALL);
});

test("a database that is up to date is left as it is", async (t) => {
  const file = newDatabaseFile();
  await migrate(open(t, file));
  const store = await openStore(t, file);
  const entry = await store.append(draft("kept"));
  await store.close();
  assert.deepEqual(await migrate(open(t, file)), []);
  const again = await openStore(t, file);
  assert.deepEqual(await again.latestEntries(LOBBY, 10), [entry]);
});

test("the store says which migrations it ran", async (t) => {
  const file = newDatabaseFile();
  const first = await SqliteStore.open(file);
  await first.store.close();
  const second = await SqliteStore.open(file);
  t.after(() => second.store.close());
  assert.deepEqual([first.applied, second.applied], [ALL, []]);
});

test("several that open a fresh database at once all succeed, and every migration runs once", async (t) => {
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

test("a database from a newer version is refused, and nothing in it changes", async (t) => {
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

function open(scene: Scene, file: string): Kysely<Database> {
  const db = openDatabase<Database>(file);
  scene.after(() => db.destroy());
  return db;
}
