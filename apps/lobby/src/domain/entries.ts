/** A room is an append-only log of entries, numbered 1, 2, 3 … per room. */
import { MAX_MESSAGE_CODE_POINTS } from "@lobby/protocol";
import type { RoomName } from "./rooms.ts";
import { checkText } from "./text.ts";

/** One message in a room's log. */
export interface Entry {
  readonly room: RoomName;
  readonly seq: number;
  readonly authorId: string;
  /** The author's name when the entry was written. */
  readonly authorName: string;
  readonly text: MessageText;
  readonly atMs: number;
}

/** NFC text of 1 to 4,000 code points, not blank. */
export type MessageText = string & { readonly __brand: "MessageText" };

/**
 * The message that a text is, unchanged but for its normal form.
 * @throws {Refusal} LOBBY_MESSAGE_EMPTY, LOBBY_MESSAGE_CHARACTERS for control
 * characters other than tab and line breaks, or LOBBY_MESSAGE_TOO_LONG.
 */
export function parseMessageText(text: string): MessageText {
  return checkText(text, {
    maxCodePoints: MAX_MESSAGE_CODE_POINTS,
    forbidden: /[^\P{Cc}\t\n\r]/u,
    empty: "LOBBY_MESSAGE_EMPTY",
    tooLong: "LOBBY_MESSAGE_TOO_LONG",
    characters: "LOBBY_MESSAGE_CHARACTERS",
  }) as MessageText;
}
