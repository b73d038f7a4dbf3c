/** Entries for tests, made as the services make them. */
import { parseMessageText } from "../../src/domain/entries.ts";
import { parseRoomName, type RoomName } from "../../src/domain/rooms.ts";
import type { EntryDraft } from "../../src/services/ports.ts";

/** The lobby of every test. */
export const LOBBY: RoomName = parseRoomName("로비");

/** What Mina says in a room, unless the test says otherwise. */
export function draft(text: string, fields: Partial<Omit<EntryDraft, "text">> = {}): EntryDraft {
  return {
    room: LOBBY,
    authorId: "mina",
    guestName: "Guest mina",
    atMs: 1_000,
    ...fields,
    text: parseMessageText(text),
  };
}
