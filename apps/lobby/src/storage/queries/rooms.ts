/** The queries of rooms and their logs, for every database that Kysely supports. */
import type { MessageText, RoomName } from "@lobby/protocol";
import type { Kysely, Transaction } from "kysely";
import { displayName } from "../../people/person.ts";
import type { Entry, EntryDraft } from "../../rooms/entry.ts";
import type { RoomSummary } from "../../rooms/room.ts";
import { skeletonOf } from "../../shared/skeleton.ts";
import type { Database } from "../schema.ts";
import { batchesOf } from "./insert-batches.ts";
import { addPeople, storedPeople } from "./people.ts";
import { KnownSpeakers, noteSpeakers, roomsOfSpeaker, type Speaker } from "./room-speakers.ts";

/** The outcome for a draft whose room cannot open, because its name looks like that of an open room. */
export interface LookalikeRoom {
  readonly looksLike: RoomName;
}

/**
 * Appends entries in one commit, which keeps all of them or none, except for those in a room that cannot open. Returns
 * the outcomes in the order of the drafts.
 */
export async function appendEntries(
  db: Kysely<Database>,
  drafts: readonly EntryDraft[],
): Promise<readonly (Entry | LookalikeRoom)[]> {
  const known = KnownSpeakers.of(db);
  const speakers: Speaker[] = [];
  const appended = await db.transaction().execute(async (transaction) => {
    const people = await storedPeople(transaction, [...new Set(drafts.map(({ author }) => author.id))]);
    const outcomes = new Map<EntryDraft, Entry | LookalikeRoom>();
    for (const [room, ofRoom] of Map.groupBy(drafts, (draft) => draft.room)) {
      const lastAtMs = ofRoom.at(-1)?.atMs ?? 0;
      const advanced = await advance(transaction, room, ofRoom.length, lastAtMs);
      if ("looksLike" in advanced) {
        for (const draft of ofRoom) outcomes.set(draft, advanced);
        continue;
      }
      const { id, head } = advanced;
      const firstSeq = head - ofRoom.length + 1;
      const numbered = ofRoom.map(({ author, text, atMs }, index): Entry => {
        const authorName = displayName(author, people.get(author.id));
        return { room, seq: firstSeq + index, authorId: author.id, authorName, text, atMs };
      });
      await insert(transaction, id, numbered);
      speakers.push(...known.unknownAmong(id, numbered));
      for (const [index, entry] of numbered.entries()) outcomes.set(ofRoom[index] as EntryDraft, entry);
    }
    await addPeople(transaction, newAuthors(outcomes.values(), people));
    await noteSpeakers(transaction, speakers);
    return drafts.map((draft) => outcomes.get(draft) as Entry | LookalikeRoom);
  });
  known.add(speakers);
  return appended;
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

/** Implements `RoomStore.roomLike`. */
export async function roomLike(db: Kysely<Database>, name: RoomName): Promise<RoomName | undefined> {
  const rooms = db.selectFrom("rooms").select("name");
  const room =
    (await rooms.where("name", "=", name).executeTakeFirst()) ??
    (await rooms.where("skeleton", "=", skeletonOf(name)).orderBy("id").executeTakeFirst());
  return room?.name as RoomName | undefined;
}

/** Implements `RoomStore.recentRooms`. */
export async function recentRooms(
  db: Kysely<Database>,
  limit: number,
  visitorId?: string,
): Promise<readonly RoomSummary[]> {
  const own = visitorId === undefined ? [] : await roomsOfSpeaker(db, visitorId, limit);
  const ranked = await db
    .selectFrom("rooms")
    .select(["name", "head", "lastAtMs"])
    .orderBy("speakerClass", "desc")
    .orderBy("lastAtMs", "desc")
    .limit(limit)
    .execute();
  const rooms = new Map([...own, ...ranked].map((row) => [row.name, row]));
  return [...rooms.values()].slice(0, limit).map((row) => ({ ...row, name: row.name as RoomName }));
}

/** Returns the authors of entries without an earlier entry, with the time of their first one. */
function newAuthors(
  entries: Iterable<Entry | LookalikeRoom>,
  people: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const entry of entries) {
    if ("looksLike" in entry || people.has(entry.authorId) || found.has(entry.authorId)) continue;
    found.set(entry.authorId, entry.atMs);
  }
  return found;
}

/** Reserves the next numbers of a room. Opens the room with its first entry, unless its name looks like another one. */
async function advance(
  db: Transaction<Database>,
  name: RoomName,
  count: number,
  lastAtMs: number,
): Promise<{ readonly id: number; readonly head: number } | LookalikeRoom> {
  const open = await db
    .updateTable("rooms")
    .set((room) => ({ head: room("head", "+", count), lastAtMs }))
    .where("name", "=", name)
    .returning(["id", "head"])
    .executeTakeFirst();
  if (open !== undefined) return open;
  const looksLike = await roomLike(db, name);
  if (looksLike !== undefined) return { looksLike };
  return db
    .insertInto("rooms")
    .values({ name, skeleton: skeletonOf(name), head: count, lastAtMs })
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
