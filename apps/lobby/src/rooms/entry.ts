/** A room is an append-only log of entries, numbered 1, 2, 3 … per room. */
import { checkMessageText, type MessageText, type RoomName } from "@lobby/protocol";
import type { Person } from "../people/person.ts";
import { requireValid } from "../shared/refusal.ts";

/** One message in a room's log. */
export interface Entry {
  readonly room: RoomName;
  /** The number of the entry in its room. */
  readonly seq: number;
  readonly authorId: string;
  /** The author's name at the time of the entry. */
  readonly authorName: string;
  readonly text: MessageText;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** An entry before the store has numbered it. */
export interface EntryDraft {
  readonly room: RoomName;
  readonly author: Person;
  readonly text: MessageText;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/**
 * Returns the message in a text.
 * @throws {Refusal} A `MessageTextCode` when the text is not a valid message.
 */
export function parseMessageText(text: string): MessageText {
  return requireValid(checkMessageText(text));
}
