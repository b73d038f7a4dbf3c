/** Who spoke where in the last week. The index ranks the rooms by it. */
import { sql, type Kysely, type Transaction } from "kysely";
import type { Entry } from "../../rooms/entry.ts";
import type { Database } from "../schema.ts";
import { batchesOf } from "./insert-batches.ts";

const DAY_MS = 86_400_000;
const DAYS_KEPT = 7;

/** The memory is emptied when it has more speakers than this. */
const MAX_KNOWN = 20_000;

/** One commit deletes at most this many rows that are older than a week. */
const DELETED_PER_COMMIT = 500;

/** One person who spoke in one room. */
export interface Speaker {
  readonly roomId: number;
  readonly personId: string;
  /** The day of the entry, in days since 1970 (UTC). */
  readonly day: number;
}

/** A memory of the speakers whom the database has. Their further entries on the same day cost no query. */
export class KnownSpeakers {
  static readonly #ofDatabases = new WeakMap<Kysely<Database>, KnownSpeakers>();
  readonly #keys = new Set<string>();

  /** Returns the memory for a database. */
  static of(db: Kysely<Database>): KnownSpeakers {
    const known = this.#ofDatabases.get(db) ?? new KnownSpeakers();
    this.#ofDatabases.set(db, known);
    return known;
  }

  /** Returns the authors of entries in a room whom the memory does not have. One author can appear several times. */
  unknownAmong(roomId: number, entries: readonly Entry[]): readonly Speaker[] {
    return entries
      .map(({ authorId, atMs }) => ({ roomId, personId: authorId, day: Math.floor(atMs / DAY_MS) }))
      .filter((speaker) => !this.#keys.has(keyOf(speaker)));
  }

  /** Remembers speakers after their commit. */
  add(speakers: readonly Speaker[]): void {
    if (this.#keys.size > MAX_KNOWN) this.#keys.clear();
    for (const speaker of speakers) this.#keys.add(keyOf(speaker));
  }
}

/**
 * Notes people who spoke, and ranks their rooms again. Only the first entry of a person in a room on a day changes
 * anything. It also forgets some of those who last spoke a week ago.
 */
export async function noteSpeakers(db: Transaction<Database>, speakers: readonly Speaker[]): Promise<void> {
  const added = await add(db, speakers);
  if (added.length === 0) return;
  const firstExpired = Math.max(...speakers.map(({ day }) => day)) - DAYS_KEPT;
  const expired = await deleteExpired(db, firstExpired);
  await rank(db, [...new Set([...added, ...expired])], firstExpired);
}

/** Returns the rooms in which a person spoke in the last week, the most recently used one first. */
export function roomsOfSpeaker(
  db: Kysely<Database>,
  personId: string,
  limit: number,
): Promise<{ readonly name: string; readonly head: number; readonly lastAtMs: number }[]> {
  return db
    .selectFrom("roomSpeakers")
    .innerJoin("rooms", "rooms.id", "roomSpeakers.roomId")
    .where("personId", "=", personId)
    .select(["name", "head", "lastAtMs"])
    .orderBy("lastAtMs", "desc")
    .limit(limit)
    .execute();
}

/** Returns the rooms that have a new speaker of today. */
async function add(db: Transaction<Database>, speakers: readonly Speaker[]): Promise<readonly number[]> {
  const rows = new Map(speakers.map((speaker) => [`${speaker.roomId} ${speaker.personId}`, speaker]));
  const changed: number[] = [];
  for (const batch of batchesOf([...rows.values()])) {
    const added = await db
      .insertInto("roomSpeakers")
      .values(batch)
      .onConflict((conflict) =>
        conflict
          .columns(["roomId", "personId"])
          .doUpdateSet((row) => ({ day: row.ref("excluded.day") }))
          .whereRef("roomSpeakers.day", "<", "excluded.day"),
      )
      .returning("roomId")
      .execute();
    changed.push(...added.map(({ roomId }) => roomId));
  }
  return changed;
}

/** Returns the rooms that have lost a speaker. */
async function deleteExpired(db: Transaction<Database>, firstExpired: number): Promise<readonly number[]> {
  const { rows } = await sql<{ roomId: number }>`
    delete from room_speakers where (room_id, person_id) in (
      select room_id, person_id from room_speakers where day <= ${firstExpired} limit ${DELETED_PER_COMMIT}
    ) returning room_id
  `.execute(db);
  return rows.map(({ roomId }) => roomId);
}

/** Counts the speakers of rooms up to 8, and sets their classes. */
async function rank(db: Transaction<Database>, roomIds: readonly number[], firstExpired: number): Promise<void> {
  for (const batch of batchesOf(roomIds)) {
    await sql`
      update rooms set speaker_class = (
        select case when count(*) >= 8 then 3 when count(*) >= 4 then 2 when count(*) >= 2 then 1 else 0 end
        from (select 1 from room_speakers where room_id = rooms.id and day > ${firstExpired} limit 8) as counted
      ) where id in (${sql.join(batch)})
    `.execute(db);
  }
}

function keyOf({ roomId, personId, day }: Speaker): string {
  return `${roomId} ${personId} ${day}`;
}
