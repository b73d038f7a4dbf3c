/** People: a guest is an identity that lasts, with or without a name of their own. */
import { MAX_NICKNAME_CODE_POINTS } from "@lobby/protocol";
import { checkText } from "./text.ts";

/** NFC text of 1 to 32 code points, without space around it. */
export type Nickname = string & { readonly __brand: "Nickname" };

/**
 * The nickname that a text is, trimmed.
 * @throws {Refusal} LOBBY_NICKNAME_EMPTY, LOBBY_NICKNAME_CHARACTERS for control
 * characters, line separators and marks that turn the writing direction, or LOBBY_NICKNAME_TOO_LONG.
 */
export function parseNickname(text: string): Nickname {
  return checkText(text.trim(), {
    maxCodePoints: MAX_NICKNAME_CODE_POINTS,
    forbidden: /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u,
    empty: "LOBBY_NICKNAME_EMPTY",
    tooLong: "LOBBY_NICKNAME_TOO_LONG",
    characters: "LOBBY_NICKNAME_CHARACTERS",
  }) as Nickname;
}

/** What tells guests without a nickname apart: the end of their id. */
export function guestTag(id: string): string {
  return id.slice(-4);
}
