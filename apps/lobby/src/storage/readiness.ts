import { sql, type Kysely } from "kysely";
import type { Database } from "./schema.ts";

/**
 * Checks that the database can commit, with a change that cancels itself out.
 * Only a write that reaches the disk reveals a full disk or a read-only file.
 * @param bytes The least number of bytes that the commit writes.
 */
export async function checkWritable(db: Kysely<Database>, bytes = 0): Promise<void> {
  // No other table refers to this one, so that nothing but the space decides.
  const id = " ".repeat(bytes);
  await db.transaction().execute(async (transaction) => {
    await transaction.insertInto("people").values({ id, firstSpokeAtMs: 0 }).execute();
    await transaction.deleteFrom("people").where("id", "=", id).execute();
  });
}

const TABLES: readonly (keyof Database)[] = ["rooms", "entries", "roomSpeakers", "people"];

/**
 * Checks that the database has every table.
 * @throws {Error} SQLite's error for the first missing one.
 */
export async function checkTables(db: Kysely<Database>): Promise<void> {
  for (const table of TABLES)
    await db
      .selectFrom(table)
      .select(sql`1`.as("one"))
      .limit(0)
      .execute();
}
