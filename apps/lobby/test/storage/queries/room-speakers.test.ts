import assert from "node:assert/strict";
import { test } from "node:test";
import { sql, type Kysely } from "kysely";
import { migrate } from "../../../src/storage/migrator.ts";
import { appendEntries, recentRooms } from "../../../src/storage/queries/rooms.ts";
import { parseRoomName } from "../../../src/rooms/room.ts";
import type { Database } from "../../../src/storage/schema.ts";
import { kyselyOn, openConnection } from "../../../src/storage/sqlite/database.ts";
import type { Cleanup } from "../../support/cleanup.ts";
import { draft } from "../../support/entry-draft.ts";
import { newDatabaseFile } from "../../support/store.ts";

const DAY_MS = 86_400_000;

test("the index reads its rooms from two indexes, without a sort or a scan of all rooms", async (t) => {
  const db = await newDatabase(t);
  const plans = await Promise.all(
    [
      sql`explain query plan select name from rooms order by speaker_class desc, last_at_ms desc limit 50`,
      sql`explain query plan select name from room_speakers
        join rooms on rooms.id = room_speakers.room_id where person_id = 'mina' order by last_at_ms desc limit 50`,
    ].map((query) => query.execute(db) as Promise<{ rows: { detail: string }[] }>),
  );
  assert.deepEqual(
    plans.map(({ rows }) => rows.map(({ detail }) => detail)),
    [
      ["SCAN rooms USING INDEX rooms_by_rank"],
      [
        "SEARCH room_speakers USING COVERING INDEX room_speakers_by_person (person_id=?)",
        "SEARCH rooms USING INTEGER PRIMARY KEY (rowid=?)",
        "USE TEMP B-TREE FOR ORDER BY",
      ],
    ],
  );
});

test("a person has one row per room, and each new speaker deletes a part of the old rows", async (t) => {
  const db = await newDatabase(t);
  const rows = async (): Promise<number> =>
    Number((await db.selectFrom("roomSpeakers").select(db.fn.countAll().as("count")).executeTakeFirst())?.count);
  const crowd = Array.from({ length: 1_200 }, (_, index) =>
    draft("hi", { author: { id: `person ${index}`, guestName: "Guest" }, atMs: 100 * DAY_MS }),
  );
  await appendEntries(db, [...crowd, ...crowd]);
  await appendEntries(db, crowd);
  assert.equal(await rows(), 1_200);
  const left: number[] = [];
  for (const id of ["a", "b", "c", "d"]) {
    const author = { id, guestName: "Guest" };
    const later = draft("later", { room: parseRoomName("later"), author, atMs: 107 * DAY_MS });
    await appendEntries(db, [later]);
    await appendEntries(db, [later]);
    left.push(await rows());
  }
  assert.deepEqual(left, [701, 202, 3, 4]);
  assert.equal((await recentRooms(db, 1))[0]?.name, "later");
});

test("a person whose first commit failed is noted with the next one", async (t) => {
  const db = await newDatabase(t);
  await sql`create trigger trap before insert on entries when new.text = 'poison' begin select raise(abort, 'no'); end`.execute(
    db,
  );
  const batch = [draft("hi"), draft("poison", { room: parseRoomName("other") })];
  await assert.rejects(appendEntries(db, batch), /no/);
  await appendEntries(db, [draft("hi")]);
  assert.equal((await db.selectFrom("roomSpeakers").select("personId").execute()).length, 1);
});

test("the migration knows who spoke in the week before it", async (t) => {
  const db = await newDatabase(t);
  const nowMs = Date.now();
  const authors = ["a", "b", "c"].map((id) => ({ id, guestName: "Guest" }));
  await appendEntries(db, [
    ...authors.map((author) => draft("long ago", { room: parseRoomName("old"), author, atMs: nowMs - 8 * DAY_MS })),
    ...authors.map((author) => draft("hi", { room: parseRoomName("busy"), author, atMs: nowMs - DAY_MS })),
    draft("alone", { room: parseRoomName("new"), atMs: nowMs }),
  ]);
  const before = await recentRooms(db, 10);
  await sql`drop index rooms_by_rank`.execute(db);
  await sql`alter table rooms drop column speaker_class`.execute(db);
  await sql`drop table room_speakers`.execute(db);
  await sql`create index rooms_by_last_use on rooms (last_at_ms desc)`.execute(db);
  await sql`delete from kysely_migration where name like '%room-speakers'`.execute(db);
  assert.deepEqual(await migrate(db), ["0004-room-speakers"]);
  assert.deepEqual(
    before.map(({ name }) => name),
    ["busy", "new", "old"],
  );
  assert.deepEqual(await recentRooms(db, 10), before);
  assert.deepEqual((await recentRooms(db, 10, "a")).map(({ name }) => name)[0], "busy");
});

async function newDatabase(cleanup: Cleanup): Promise<Kysely<Database>> {
  const db = kyselyOn<Database>(openConnection(newDatabaseFile()));
  cleanup.after(() => db.destroy());
  await migrate(db);
  return db;
}
