/** The queries. They are the same for every database that Kysely speaks. */
import type { Kysely, Transaction } from "kysely";
import type { Entry, MessageText } from "../domain/entries.ts";
import type { Nickname } from "../domain/people.ts";
import type { RoomName, RoomSummary } from "../domain/rooms.ts";
import type { EntryDraft } from "../services/ports.ts";
import type { Database } from "./schema.ts";

/** Rows of one insert: well below the number of parameters that any database takes. */
const ROWS_PER_INSERT = 500;

/** See the head of this file. */
export class KyselyStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** Appends in this order, all in one commit or none. */
  appendAll(drafts: readonly EntryDraft[]): Promise<readonly Entry[]> {
    return this.#db.transaction().execute(async (db) => {
      const names = await nicknames(db, drafts);
      const byRoom = Map.groupBy(drafts, (draft) => draft.room);
      const numbered = new Map<EntryDraft, Entry>();
      for (const [room, ofRoom] of byRoom) {
        const lastAtMs = Math.max(...ofRoom.map((draft) => draft.atMs));
        const { id, head } = await advance(db, room, ofRoom.length, lastAtMs);
        for (const [index, draft] of ofRoom.entries()) {
          const { authorId, text, atMs } = draft;
          const seq = head - ofRoom.length + index + 1;
          numbered.set(draft, { room, seq, authorId, authorName: names.get(authorId) ?? draft.guestName, text, atMs });
        }
        await insert(
          db,
          id,
          ofRoom.map((draft) => numbered.get(draft) as Entry),
        );
      }
      return drafts.map((draft) => numbered.get(draft) as Entry);
    });
  }

  async latestEntries(room: RoomName, limit: number): Promise<readonly Entry[]> {
    const rows = await this.#db
      .selectFrom("entries")
      .innerJoin("rooms", "rooms.id", "entries.roomId")
      .where("rooms.name", "=", room)
      .select(["seq", "authorId", "authorName", "text", "atMs"])
      .orderBy("seq", "desc")
      .limit(limit)
      .execute();
    return rows.toReversed().map((row) => ({ ...row, room, text: row.text as MessageText }));
  }

  async recentRooms(limit: number): Promise<readonly RoomSummary[]> {
    const rows = await this.#db
      .selectFrom("rooms")
      .select(["name", "head", "lastAtMs"])
      .orderBy("lastAtMs", "desc")
      .limit(limit)
      .execute();
    return rows.map((row) => ({ ...row, name: row.name as RoomName }));
  }

  async nickname(personId: string): Promise<Nickname | undefined> {
    const row = await this.#db.selectFrom("people").select("nickname").where("id", "=", personId).executeTakeFirst();
    return row?.nickname as Nickname | undefined;
  }

  async setNickname(personId: string, nickname: Nickname, atMs: number): Promise<void> {
    await this.#db
      .insertInto("people")
      .values({ id: personId, nickname, changedAtMs: atMs })
      .onConflict((conflict) => conflict.column("id").doUpdateSet({ nickname, changedAtMs: atMs }))
      .execute();
  }

  /** Writes what changes nothing, all the way to the disk: one that is full or read-only shows only then. */
  async check(): Promise<void> {
    const name = "";
    await this.#db.transaction().execute(async (db) => {
      await db.insertInto("rooms").values({ name, head: 0, lastAtMs: 0 }).execute();
      await db.deleteFrom("rooms").where("name", "=", name).execute();
    });
  }
}

async function nicknames(db: Transaction<Database>, drafts: readonly EntryDraft[]): Promise<Map<string, string>> {
  const ids = [...new Set(drafts.map((draft) => draft.authorId))];
  const rows = [];
  for (let start = 0; start < ids.length; start += ROWS_PER_INSERT) {
    const some = ids.slice(start, start + ROWS_PER_INSERT);
    rows.push(...(await db.selectFrom("people").select(["id", "nickname"]).where("id", "in", some).execute()));
  }
  return new Map(rows.map(({ id, nickname }) => [id, nickname]));
}

/** Takes the next numbers of a room, and makes the room when they are its first. */
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
  for (let start = 0; start < entries.length; start += ROWS_PER_INSERT) {
    const rows = entries
      .slice(start, start + ROWS_PER_INSERT)
      .map(({ seq, authorId, authorName, text, atMs }) => ({ roomId, seq, authorId, authorName, text, atMs }));
    await db.insertInto("entries").values(rows).execute();
  }
}
