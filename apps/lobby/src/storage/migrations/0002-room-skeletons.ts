import type { Generated, Kysely } from "kysely";
import { skeletonOf } from "../../shared/skeleton.ts";

interface Tables {
  rooms: { id: number; name: string; skeleton: Generated<string> };
}

/** Stores with each room the skeleton of its name, by which the server finds names that look the same. */
export async function up(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .alterTable("rooms")
    .addColumn("skeleton", "text", (column) => column.notNull().defaultTo(""))
    .execute();
  for (const { id, name } of await db.selectFrom("rooms").select(["id", "name"]).execute()) {
    await db
      .updateTable("rooms")
      .set({ skeleton: skeletonOf(name) })
      .where("id", "=", id)
      .execute();
  }
  await db.schema.createIndex("rooms_by_skeleton").on("rooms").column("skeleton").execute();
}
