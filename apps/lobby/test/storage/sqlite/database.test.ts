import assert from "node:assert/strict";
import { test } from "node:test";
import { sql, type Kysely } from "kysely";
import { migrate } from "../../../src/storage/migrator.ts";
import type { Database } from "../../../src/storage/schema.ts";
import { kyselyOn, openConnection } from "../../../src/storage/sqlite/database.ts";
import type { Cleanup } from "../../support/cleanup.ts";
import { newDatabaseFile, openBeside } from "../../support/store.ts";

test("commits reach the disk before they return, and foreign keys are enforced", async (t) => {
  const db = open(t, newDatabaseFile());
  const pragma = async (name: string): Promise<unknown> => {
    const { rows } = await sql<Record<string, unknown>>`PRAGMA ${sql.raw(name)}`.execute(db);
    return Object.values(rows[0] ?? {})[0];
  };
  assert.equal(await pragma("journal_mode"), "wal");
  assert.equal(await pragma("synchronous"), 2);
  assert.equal(await pragma("foreign_keys"), 1);
});

test("no other process can write between the reads and the writes of a transaction", async (t) => {
  const file = newDatabaseFile();
  const db = open(t, file);
  await migrate(db);
  const beside = openBeside(t, file, 0);
  await db.transaction().execute(async (transaction) => {
    assert.deepEqual(await transaction.selectFrom("people").select("id").execute(), []);
    assert.throws(() => beside.exec("INSERT INTO people VALUES ('jun', 'Jun', 1, 1)"), {
      message: "database is locked",
    });
    await transaction
      .insertInto("people")
      .values({ id: "mina", nickname: "Mina", changedAtMs: 1, firstSpokeAtMs: 1 })
      .execute();
  });
  assert.deepEqual(await db.selectFrom("people").select("id").execute(), [{ id: "mina" }]);
});

function open(cleanup: Cleanup, file: string): Kysely<Database> {
  const db = kyselyOn<Database>(openConnection(file));
  cleanup.after(() => db.destroy());
  return db;
}
