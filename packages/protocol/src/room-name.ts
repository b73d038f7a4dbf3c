import { MAX_ROOM_NAME_CODE_POINTS } from "./limits.ts";
import { checkText, type TextCheck } from "./text.ts";

/** The name of a room: NFC, 1 to 64 code points, valid as one segment of a URL's path. */
export type RoomName = string & { readonly __brand: "RoomName" };

/** A reason why a text cannot name a room. */
export type RoomNameCode =
  /** A room name is empty or blank. */
  | "LOBBY_ROOM_NAME_EMPTY"
  /** A room name has more than 64 code points. */
  | "LOBBY_ROOM_NAME_TOO_LONG"
  /**
   * A room name contains `/`, line breaks, control characters or characters that change the writing direction, or it is
   * `.` or `..`.
   */
  | "LOBBY_ROOM_NAME_CHARACTERS";

/**
 * Checks the name of a room.
 *
 * It forbids `/`, control characters, line separators and characters that change the writing direction. It also
 * forbids `.` and `..`, because browsers remove these segments from an address.
 */
export function checkRoomName(text: string): TextCheck<RoomName, RoomNameCode> {
  return checkText(text, {
    empty: "LOBBY_ROOM_NAME_EMPTY",
    forbidden: /[\p{Cc}\p{Bidi_Control}\u2028\u2029/]|^\.{1,2}$/u,
    characters: "LOBBY_ROOM_NAME_CHARACTERS",
    maxCodePoints: MAX_ROOM_NAME_CODE_POINTS,
    tooLong: "LOBBY_ROOM_NAME_TOO_LONG",
  });
}
