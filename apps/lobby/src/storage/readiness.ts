import type { Kysely } from "kysely";
import type { Database } from "./schema.ts";

/**
 * Checks that the database can commit, with a change that cancels itself out.
 * Only a write that reaches the disk reveals a full disk or a read-only file.
 */
export async function checkWritable(db: Kysely<Database>): Promise<void> {
  const name = "";
  await db.transaction().execute(async (transaction) => {
    await transaction.insertInto("rooms").values({ name, head: 0, lastAtMs: 0 }).execute();
    await transaction.deleteFrom("rooms").where("name", "=", name).execute();
  });
}
