import type { RoomName } from "@lobby/protocol";
import { parseMessageText, type EntryDraft } from "../../src/rooms/entry.ts";
import { parseRoomName } from "../../src/rooms/room.ts";

/** The room of most tests. */
export const LOBBY: RoomName = parseRoomName("로비");

/** Returns a draft by Mina for the lobby, with other fields where a test needs them. */
export function draft(text: string, fields: Partial<Omit<EntryDraft, "text">> = {}): EntryDraft {
  return {
    room: LOBBY,
    author: { id: "mina", guestName: "Guest mina" },
    atMs: 1_000,
    ...fields,
    text: parseMessageText(text),
  };
}
