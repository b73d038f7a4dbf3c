/** Rooms: a room is its name, and its name is its address. */
import { MAX_ROOM_NAME_CODE_POINTS } from "@lobby/protocol";
import { checkText } from "./text.ts";

/** NFC text of 1 to 64 code points that a URL can carry as one segment. */
export type RoomName = string & { readonly __brand: "RoomName" };

/**
 * The room that a text names.
 *
 * `.` and `..` are refused because no address can lead to them: browsers resolve them away.
 * @throws {Refusal} LOBBY_ROOM_NAME_EMPTY, LOBBY_ROOM_NAME_CHARACTERS for control characters, marks
 * that turn the writing direction, line separators, `/`, `.` and `..`, or LOBBY_ROOM_NAME_TOO_LONG.
 */
export function parseRoomName(text: string): RoomName {
  return checkText(text, {
    maxCodePoints: MAX_ROOM_NAME_CODE_POINTS,
    forbidden: /[\p{Cc}\p{Bidi_Control}\u2028\u2029/]|^\.{1,2}$/u,
    empty: "LOBBY_ROOM_NAME_EMPTY",
    tooLong: "LOBBY_ROOM_NAME_TOO_LONG",
    characters: "LOBBY_ROOM_NAME_CHARACTERS",
  }) as RoomName;
}

/** The address of a room's page. */
export function roomPath(room: RoomName): string {
  return `/chat/${encodeURIComponent(room)}/`;
}

/** A room as the index lists it. */
export interface RoomSummary {
  readonly name: RoomName;
  /** The number of its last entry. */
  readonly head: number;
  readonly lastAtMs: number;
}
