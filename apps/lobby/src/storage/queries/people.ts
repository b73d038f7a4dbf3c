/** The queries of people, for every database that Kysely supports. */
import type { Nickname } from "@lobby/protocol";
import type { Kysely } from "kysely";
import type { Database } from "../schema.ts";
import { batchesOf } from "./insert-batches.ts";

/** Implements `PeopleStore.nickname`. */
export async function nickname(db: Kysely<Database>, personId: string): Promise<Nickname | undefined> {
  return (await storedPeople(db, [personId])).get(personId);
}

/** Implements `PeopleStore.firstSpokeAtMs`. */
export async function firstSpokeAtMs(db: Kysely<Database>, personId: string): Promise<number | undefined> {
  const row = await db.selectFrom("people").select("firstSpokeAtMs").where("id", "=", personId).executeTakeFirst();
  return row?.firstSpokeAtMs;
}

/** Returns the stored people among these, by their ids, with their nicknames. */
export async function storedPeople(
  db: Kysely<Database>,
  personIds: readonly string[],
): Promise<ReadonlyMap<string, Nickname | undefined>> {
  const found = new Map<string, Nickname | undefined>();
  for (const batch of batchesOf(personIds)) {
    const rows = await db.selectFrom("people").select(["id", "nickname"]).where("id", "in", batch).execute();
    for (const row of rows) found.set(row.id, (row.nickname ?? undefined) as Nickname | undefined);
  }
  return found;
}

/** Stores people who say something for the first time. */
export async function addPeople(db: Kysely<Database>, people: ReadonlyMap<string, number>): Promise<void> {
  const rows = [...people].map(([id, atMs]) => ({ id, firstSpokeAtMs: atMs }));
  for (const batch of batchesOf(rows)) await db.insertInto("people").values(batch).execute();
}

/** Implements `PeopleStore.setNickname`. */
export async function setNickname(
  db: Kysely<Database>,
  personId: string,
  nickname: Nickname,
  atMs: number,
): Promise<void> {
  await db
    .insertInto("people")
    .values({ id: personId, nickname, changedAtMs: atMs, firstSpokeAtMs: atMs })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ nickname, changedAtMs: atMs }))
    .execute();
}
