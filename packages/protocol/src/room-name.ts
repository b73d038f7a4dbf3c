import { MAX_ROOM_NAME_CODE_POINTS } from "./limits.ts";
import { checkName } from "./name.ts";
import type { TextCheck } from "./text.ts";

/** The name of a room: NFC, 1 to 64 code points, valid as one segment of a URL's path. */
export type RoomName = string & { readonly __brand: "RoomName" };

/** A reason why a text cannot name a room. */
export type RoomNameCode =
  /** A room name is empty, or shows nothing. */
  | "LOBBY_ROOM_NAME_EMPTY"
  /** A room name has more than 64 code points. */
  | "LOBBY_ROOM_NAME_TOO_LONG"
  /** A room name has more than 30 combining marks in a row. */
  | "LOBBY_ROOM_NAME_MARKS"
  /**
   * A room name contains `/`, line breaks, control characters, characters that change the writing direction, or
   * characters without a meaning that all systems share; or it is `.` or `..`.
   */
  | "LOBBY_ROOM_NAME_CHARACTERS"
  /** A room name contains an invisible character outside an emoji, or a joiner between letters that do not join. */
  | "LOBBY_ROOM_NAME_INVISIBLE";

/**
 * Checks the name of a room, and removes white space at both ends.
 *
 * It forbids `/`, control characters, line separators, characters that change the writing direction, private-use
 * characters and noncharacters, and invisible characters without a visible effect. It also forbids `.` and `..`,
 * because browsers remove these segments from an address.
 */
export function checkRoomName(text: string): TextCheck<RoomName, RoomNameCode> {
  const check = checkName<RoomName, RoomNameCode>(text, {
    maxCodePoints: MAX_ROOM_NAME_CODE_POINTS,
    tooLong: "LOBBY_ROOM_NAME_TOO_LONG",
    marks: "LOBBY_ROOM_NAME_MARKS",
    empty: "LOBBY_ROOM_NAME_EMPTY",
    forbidden: /[\p{Cc}\p{Co}\p{Noncharacter_Code_Point}\p{Bidi_Control}\u2028\u2029/]/u,
    characters: "LOBBY_ROOM_NAME_CHARACTERS",
    invisible: "LOBBY_ROOM_NAME_INVISIBLE",
  });
  return check.ok && /^\.{1,2}$/.test(check.value) ? { ok: false, code: "LOBBY_ROOM_NAME_CHARACTERS" } : check;
}
