import { MAX_NICKNAME_CODE_POINTS } from "./limits.ts";
import { checkText, type TextCheck } from "./text.ts";

/** The name that a person chose: NFC, 1 to 32 code points, one line, no white space at either end. */
export type Nickname = string & { readonly __brand: "Nickname" };

/** A reason why a text cannot be a nickname. */
export type NicknameCode =
  /** A nickname is empty or blank. */
  | "LOBBY_NICKNAME_EMPTY"
  /** A nickname has more than 32 code points. */
  | "LOBBY_NICKNAME_TOO_LONG"
  /** A nickname contains line breaks, control characters or characters that change the writing direction. */
  | "LOBBY_NICKNAME_CHARACTERS";

/**
 * Checks a nickname, and removes white space at both ends.
 * It forbids control characters, line separators and characters that change the writing direction.
 */
export function checkNickname(text: string): TextCheck<Nickname, NicknameCode> {
  return checkText(text.trim(), {
    empty: "LOBBY_NICKNAME_EMPTY",
    forbidden: /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u,
    characters: "LOBBY_NICKNAME_CHARACTERS",
    maxCodePoints: MAX_NICKNAME_CODE_POINTS,
    tooLong: "LOBBY_NICKNAME_TOO_LONG",
  });
}
