/** What the services need of the outside world. */
import type { Entry, MessageText } from "../domain/entries.ts";
import type { Nickname } from "../domain/people.ts";
import type { RoomName, RoomSummary } from "../domain/rooms.ts";

/** An entry before the store has numbered it. */
export interface EntryDraft {
  readonly room: RoomName;
  readonly authorId: string;
  /** The author's name as long as they have set no nickname. */
  readonly guestName: string;
  readonly text: MessageText;
  readonly atMs: number;
}

/** Where everything that lasts is kept. */
export interface Store {
  /**
   * Appends to the room's log and commits. Entries come back in the order of
   * their numbers when they were handed in in this order.
   */
  append(draft: EntryDraft): Promise<Entry>;
  /** The last entries of a room, oldest first; none for a room that does not exist yet. */
  latestEntries(room: RoomName, limit: number): Promise<readonly Entry[]>;
  /** The rooms that have entries, most recently used first. */
  recentRooms(limit: number): Promise<readonly RoomSummary[]>;
  nickname(personId: string): Promise<Nickname | undefined>;
  setNickname(personId: string, nickname: Nickname, atMs: number): Promise<void>;
  /** Rejects when the store cannot keep anything. */
  check(): Promise<void>;
}

/** Tells the members of a room what was appended to its log. */
export interface Notifier {
  /** @param clientMessageId What the author's client called the message, for it to recognise. */
  appended(entry: Entry, clientMessageId: string | undefined): Promise<void>;
}

/** The time, in milliseconds since 1970. */
export interface Clock {
  nowMs(): number;
}
