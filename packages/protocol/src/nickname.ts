import { MAX_NICKNAME_CODE_POINTS } from "./limits.ts";
import { checkName } from "./name.ts";
import type { TextCheck } from "./text.ts";

/** The name that a person chose: NFC, 1 to 32 code points, one line, no white space at either end. */
export type Nickname = string & { readonly __brand: "Nickname" };

/** A reason why a text cannot be a nickname. */
export type NicknameCode =
  /** A nickname is empty, or shows nothing. */
  | "LOBBY_NICKNAME_EMPTY"
  /** A nickname has more than 32 code points. */
  | "LOBBY_NICKNAME_TOO_LONG"
  /** A nickname has more than 30 combining marks in a row. */
  | "LOBBY_NICKNAME_MARKS"
  /**
   * A nickname contains line breaks, control characters, characters that change the writing direction, or characters
   * without a meaning that all systems share.
   */
  | "LOBBY_NICKNAME_CHARACTERS"
  /** A nickname contains an invisible character outside an emoji, or a joiner between letters that do not join. */
  | "LOBBY_NICKNAME_INVISIBLE";

/**
 * Checks a nickname, and removes white space at both ends.
 * It forbids control characters, line separators, characters that change the writing direction, private-use characters
 * and noncharacters, and invisible characters without a visible effect.
 */
export function checkNickname(text: string): TextCheck<Nickname, NicknameCode> {
  return checkName(text, {
    maxCodePoints: MAX_NICKNAME_CODE_POINTS,
    tooLong: "LOBBY_NICKNAME_TOO_LONG",
    marks: "LOBBY_NICKNAME_MARKS",
    empty: "LOBBY_NICKNAME_EMPTY",
    forbidden: /[\p{Cc}\p{Co}\p{Noncharacter_Code_Point}\p{Bidi_Control}\u2028\u2029]/u,
    characters: "LOBBY_NICKNAME_CHARACTERS",
    invisible: "LOBBY_NICKNAME_INVISIBLE",
  });
}
