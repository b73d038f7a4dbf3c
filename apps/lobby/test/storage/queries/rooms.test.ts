import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kysely } from "kysely";
import type { Entry, EntryDraft } from "../../../src/rooms/entry.ts";
import { parseRoomName } from "../../../src/rooms/room.ts";
import { migrate } from "../../../src/storage/migrator.ts";
import { appendEntries, latestEntries } from "../../../src/storage/queries/rooms.ts";
import type { Database } from "../../../src/storage/schema.ts";
import { kyselyOn, openConnection } from "../../../src/storage/sqlite/database.ts";
import type { Cleanup } from "../../support/cleanup.ts";
import { draft, LOBBY } from "../../support/entry-draft.ts";
import { newDatabaseFile } from "../../support/store.ts";

const GARDEN = parseRoomName("garden");

test("the entries of one commit are numbered per room, and keep the order of their drafts", async (t) => {
  const db = await newDatabase(t);
  const first = await append(db, [draft("a"), draft("b", { room: GARDEN }), draft("c"), draft("d")]);
  assert.deepEqual(
    first.map(({ room, seq, text }) => [room, seq, text]),
    [
      ["로비", 1, "a"],
      ["garden", 1, "b"],
      ["로비", 2, "c"],
      ["로비", 3, "d"],
    ],
  );
  const second = await append(db, [draft("e", { room: GARDEN }), draft("f")]);
  assert.deepEqual(
    second.map(({ room, seq }) => [room, seq]),
    [
      ["garden", 2],
      ["로비", 4],
    ],
  );
});

test("a commit of more entries than one statement can insert is complete and in order", async (t) => {
  const db = await newDatabase(t);
  const drafts = Array.from({ length: 6_001 }, (_, index) =>
    draft(`message ${index}`, { author: { id: `person ${index}`, guestName: `Guest ${index}` } }),
  );
  const entries = await append(db, drafts);
  assert.deepEqual(
    entries.map(({ seq, text, authorName }) => [seq, text, authorName]),
    drafts.map(({ text, author }, index) => [index + 1, text, author.guestName]),
  );
  assert.deepEqual(await latestEntries(db, LOBBY, 10_000), entries);
});

/** Appends entries to rooms that can open. */
async function append(db: Kysely<Database>, drafts: readonly EntryDraft[]): Promise<readonly Entry[]> {
  const outcomes = await appendEntries(db, drafts);
  assert.ok(outcomes.every((outcome) => "seq" in outcome));
  return outcomes;
}

async function newDatabase(cleanup: Cleanup): Promise<Kysely<Database>> {
  const db = kyselyOn<Database>(openConnection(newDatabaseFile()));
  cleanup.after(() => db.destroy());
  await migrate(db);
  return db;
}
