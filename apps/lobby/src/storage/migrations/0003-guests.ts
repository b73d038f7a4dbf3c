import { sql, type Kysely } from "kysely";

/**
 * Stores every person who has said or set something, with the time of the first such act. Earlier versions stored only
 * people with a nickname.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table people rename to named_people`.execute(db);
  await db.schema
    .createTable("people")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("nickname", "text")
    .addColumn("changed_at_ms", "integer")
    .addColumn("first_spoke_at_ms", "integer", (column) => column.notNull())
    .execute();
  await sql`
    insert into people (id, first_spoke_at_ms)
    select id, min(at_ms) from (
      select author_id as id, at_ms from entries union all select id, changed_at_ms from named_people
    ) as acts
    group by id
  `.execute(db);
  await sql`
    update people set nickname = named.nickname, changed_at_ms = named.changed_at_ms
    from named_people as named where named.id = people.id
  `.execute(db);
  await db.schema.dropTable("named_people").execute();
}
