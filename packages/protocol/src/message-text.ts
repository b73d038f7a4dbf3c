import { INVISIBLE } from "./invisible.ts";
import { MAX_MESSAGE_CODE_POINTS } from "./limits.ts";
import { checkText, type TextCheck } from "./text.ts";

/** The text of a message: NFC, 1 to 4,000 code points, not blank. */
export type MessageText = string & { readonly __brand: "MessageText" };

/** A reason why a text cannot be a message. */
export type MessageTextCode =
  /** A message is empty, or shows nothing. */
  | "LOBBY_MESSAGE_EMPTY"
  /** A message has more than 4,000 code points. */
  | "LOBBY_MESSAGE_TOO_LONG"
  /** A message has more than 30 combining marks in a row. */
  | "LOBBY_MESSAGE_MARKS"
  /** A message contains control characters other than tab and line breaks. */
  | "LOBBY_MESSAGE_CHARACTERS";

const BLANK = new RegExp(String.raw`^[\s${INVISIBLE}]*$`, "u");

/** Checks the text of a message. It forbids control characters other than tab and line breaks, and keeps white space. */
export function checkMessageText(text: string): TextCheck<MessageText, MessageTextCode> {
  return checkText(text, {
    maxCodePoints: MAX_MESSAGE_CODE_POINTS,
    tooLong: "LOBBY_MESSAGE_TOO_LONG",
    marks: "LOBBY_MESSAGE_MARKS",
    blank: BLANK,
    empty: "LOBBY_MESSAGE_EMPTY",
    forbidden: /[^\P{Cc}\t\n\r]/u,
    characters: "LOBBY_MESSAGE_CHARACTERS",
  });
}
