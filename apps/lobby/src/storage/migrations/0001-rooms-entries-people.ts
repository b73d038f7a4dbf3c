import { sql, type Kysely } from "kysely";

/** Creates the tables of rooms, their entries, and people. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("rooms")
    .addColumn("id", "integer", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull().unique())
    .addColumn("head", "integer", (column) => column.notNull())
    .addColumn("last_at_ms", "integer", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("rooms_by_last_use").on("rooms").column("last_at_ms desc").execute();
  await db.schema
    .createTable("entries")
    .addColumn("room_id", "integer", (column) => column.notNull().references("rooms.id"))
    .addColumn("seq", "integer", (column) => column.notNull())
    .addColumn("author_id", "text", (column) => column.notNull())
    .addColumn("author_name", "text", (column) => column.notNull())
    .addColumn("text", "text", (column) => column.notNull())
    .addColumn("at_ms", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("entries_key", ["room_id", "seq"])
    // SQLite stores a room's log as one range in order, so one read loads the last page of a room.
    .modifyEnd(sql`without rowid`)
    .execute();
  await db.schema
    .createTable("people")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("nickname", "text", (column) => column.notNull())
    .addColumn("changed_at_ms", "integer", (column) => column.notNull())
    .execute();
}
