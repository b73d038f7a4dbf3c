/** The queries of rooms and their logs, for every database that Kysely supports. */
import type { MessageText, RoomName } from "@lobby/protocol";
import type { Kysely, Transaction } from "kysely";
import { displayName } from "../../people/person.ts";
import type { Entry, EntryDraft } from "../../rooms/entry.ts";
import type { RoomSummary } from "../../rooms/room.ts";
import type { Database } from "../schema.ts";
import { batchesOf } from "./insert-batches.ts";
import { addPeople, storedPeople } from "./people.ts";

/** Appends entries in one commit, which keeps all of them or none. Returns them in the order of the drafts. */
export function appendEntries(db: Kysely<Database>, drafts: readonly EntryDraft[]): Promise<readonly Entry[]> {
  return db.transaction().execute(async (transaction) => {
    const people = await storedPeople(transaction, [...new Set(drafts.map(({ author }) => author.id))]);
    await addPeople(transaction, newAuthors(drafts, people));
    const entries = new Map<EntryDraft, Entry>();
    for (const [room, ofRoom] of Map.groupBy(drafts, (draft) => draft.room)) {
      const lastAtMs = ofRoom.at(-1)?.atMs ?? 0;
      const { id, head } = await advance(transaction, room, ofRoom.length, lastAtMs);
      const firstSeq = head - ofRoom.length + 1;
      const numbered = ofRoom.map(({ author, text, atMs }, index): Entry => {
        const authorName = displayName(author, people.get(author.id));
        return { room, seq: firstSeq + index, authorId: author.id, authorName, text, atMs };
      });
      await insert(transaction, id, numbered);
      for (const [index, entry] of numbered.entries()) entries.set(ofRoom[index] as EntryDraft, entry);
    }
    return drafts.map((draft) => entries.get(draft) as Entry);
  });
}

/** Implements `RoomStore.latestEntries`. */
export async function latestEntries(db: Kysely<Database>, room: RoomName, limit: number): Promise<readonly Entry[]> {
  const rows = await db
    .selectFrom("entries")
    .innerJoin("rooms", "rooms.id", "entries.roomId")
    .where("rooms.name", "=", room)
    .select(["seq", "authorId", "authorName", "text", "atMs"])
    .orderBy("seq", "desc")
    .limit(limit)
    .execute();
  return rows.toReversed().map((row) => ({ ...row, room, text: row.text as MessageText }));
}

/** Implements `RoomStore.exists`. */
export async function exists(db: Kysely<Database>, room: RoomName): Promise<boolean> {
  return (await db.selectFrom("rooms").select("id").where("name", "=", room).executeTakeFirst()) !== undefined;
}

/** Implements `RoomStore.recentRooms`. */
export async function recentRooms(db: Kysely<Database>, limit: number): Promise<readonly RoomSummary[]> {
  const rows = await db
    .selectFrom("rooms")
    .select(["name", "head", "lastAtMs"])
    .orderBy("lastAtMs", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, name: row.name as RoomName }));
}

/** Returns the authors whose first entry is among the drafts, with its time. */
function newAuthors(drafts: readonly EntryDraft[], people: ReadonlyMap<string, unknown>): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { author, atMs } of drafts)
    if (!people.has(author.id) && !found.has(author.id)) found.set(author.id, atMs);
  return found;
}

/** Reserves the next numbers of a room. Creates the room with its first entry. */
function advance(
  db: Transaction<Database>,
  name: RoomName,
  count: number,
  lastAtMs: number,
): Promise<{ readonly id: number; readonly head: number }> {
  return db
    .insertInto("rooms")
    .values({ name, head: count, lastAtMs })
    .onConflict((conflict) =>
      conflict.column("name").doUpdateSet((room) => ({ head: room("rooms.head", "+", count), lastAtMs })),
    )
    .returning(["id", "head"])
    .executeTakeFirstOrThrow();
}

async function insert(db: Transaction<Database>, roomId: number, entries: readonly Entry[]): Promise<void> {
  for (const batch of batchesOf(entries)) {
    const rows = batch.map(({ seq, authorId, authorName, text, atMs }) => ({
      roomId,
      seq,
      authorId,
      authorName,
      text,
      atMs,
    }));
    await db.insertInto("entries").values(rows).execute();
  }
}
