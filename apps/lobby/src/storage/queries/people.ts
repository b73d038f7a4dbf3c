/** The queries of people, for every database that Kysely supports. */
import type { Nickname } from "@lobby/protocol";
import type { Kysely } from "kysely";
import type { Database } from "../schema.ts";
import { batchesOf } from "./insert-batches.ts";

/** Implements `PeopleStore.nickname`. */
export async function nickname(db: Kysely<Database>, personId: string): Promise<Nickname | undefined> {
  return (await nicknames(db, [personId])).get(personId);
}

/** Returns the nicknames of people by their ids. A person without a nickname has no entry in the map. */
export async function nicknames(
  db: Kysely<Database>,
  personIds: readonly string[],
): Promise<ReadonlyMap<string, Nickname>> {
  const found = new Map<string, Nickname>();
  for (const batch of batchesOf(personIds)) {
    const rows = await db.selectFrom("people").select(["id", "nickname"]).where("id", "in", batch).execute();
    for (const row of rows) found.set(row.id, row.nickname as Nickname);
  }
  return found;
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
    .values({ id: personId, nickname, changedAtMs: atMs })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ nickname, changedAtMs: atMs }))
    .execute();
}
