import assert from "node:assert/strict";
import { test } from "node:test";
import { sql, type Kysely } from "kysely";
import { migrate } from "../../../src/store/migrator.ts";
import type { Database } from "../../../src/store/schema.ts";
import { openDatabase } from "../../../src/store/sqlite/database.ts";
import type { Scene } from "../../support/scene.ts";
import { newDatabaseFile, openBeside } from "../../support/store.ts";

test("a commit is on the disk when it returns, and references must lead somewhere", async (t) => {
  const db = open(t, newDatabaseFile());
  const pragma = async (name: string): Promise<unknown> => {
    const { rows } = await sql<Record<string, unknown>>`PRAGMA ${sql.raw(name)}`.execute(db);
    return Object.values(rows[0] ?? {})[0];
  };
  assert.equal(await pragma("journal_mode"), "wal");
  assert.equal(await pragma("synchronous"), 2);
  assert.equal(await pragma("foreign_keys"), 1);
});

test("nobody else can write between what a transaction reads and what it writes", async (t) => {
  const file = newDatabaseFile();
  const db = open(t, file);
  await migrate(db);
  const beside = openBeside(t, file, 0);
  await db.transaction().execute(async (transaction) => {
    assert.deepEqual(await transaction.selectFrom("people").select("id").execute(), []);
    assert.throws(() => beside.exec("INSERT INTO people VALUES ('jun', 'Jun', 1)"), { message: "database is locked" });
    await transaction.insertInto("people").values({ id: "mina", nickname: "Mina", changedAtMs: 1 }).execute();
  });
  assert.deepEqual(await db.selectFrom("people").select("id").execute(), [{ id: "mina" }]);
});

function open(scene: Scene, file: string): Kysely<Database> {
  const db = openDatabase<Database>(file);
  scene.after(() => db.destroy());
  return db;
}
