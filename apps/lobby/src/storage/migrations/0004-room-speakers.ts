import { sql, type Kysely } from "kysely";

const DAY_MS = 86_400_000;

/** Keeps who spoke where in the last week, and ranks the rooms by the number of these people. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("room_speakers")
    .addColumn("room_id", "integer", (column) => column.notNull().references("rooms.id"))
    .addColumn("person_id", "text", (column) => column.notNull())
    .addColumn("day", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("room_speakers_key", ["room_id", "person_id"])
    .modifyEnd(sql`without rowid`)
    .execute();
  await db.schema.createIndex("room_speakers_by_person").on("room_speakers").column("person_id").execute();
  await db.schema.createIndex("room_speakers_by_day").on("room_speakers").column("day").execute();
  await db.schema
    .alterTable("rooms")
    .addColumn("speaker_class", "integer", (column) => column.notNull().defaultTo(0))
    .execute();

  const weekAgo = Math.floor(Date.now() / DAY_MS) - 7;
  await sql`
    insert into room_speakers (room_id, person_id, day)
    select room_id, author_id, max(at_ms) / ${sql.lit(DAY_MS)} from entries
    where at_ms >= ${sql.lit((weekAgo + 1) * DAY_MS)} group by room_id, author_id
  `.execute(db);
  await sql`
    update rooms set speaker_class = (
      select case when count(*) >= 8 then 3 when count(*) >= 4 then 2 when count(*) >= 2 then 1 else 0 end
      from room_speakers where room_id = rooms.id
    )
  `.execute(db);
  await db.schema.dropIndex("rooms_by_last_use").execute();
  await db.schema.createIndex("rooms_by_rank").on("rooms").columns(["speaker_class desc", "last_at_ms desc"]).execute();
}
