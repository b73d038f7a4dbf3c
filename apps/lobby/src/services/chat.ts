/** What people can do in rooms. */
import { parseMessageText, type Entry } from "../domain/entries.ts";
import type { RoomName, RoomSummary } from "../domain/rooms.ts";
import type { Clock, Notifier, Store } from "./ports.ts";

/** How many entries a room shows when it opens. */
const HISTORY_SIZE = 100;

/** How many rooms the index lists. */
const INDEX_SIZE = 50;

/** Who says something. */
export interface Author {
  readonly id: string;
  /** Used as long as the author has set no nickname. */
  readonly guestName: string;
}

/** Posting and reading. */
export class Chat {
  readonly #store: Store;
  readonly #notifier: Notifier;
  readonly #clock: Clock;

  constructor(store: Store, notifier: Notifier, clock: Clock) {
    this.#store = store;
    this.#notifier = notifier;
    this.#clock = clock;
  }

  /**
   * Says something in a room: commits it, then tells the members.
   * @param clientMessageId What the author's client calls the message: told, not stored.
   * @throws {Refusal} LOBBY_MESSAGE_… when the text is no message.
   */
  async post(room: RoomName, author: Author, text: string, clientMessageId?: string): Promise<Entry> {
    const message = parseMessageText(text);
    const entry = await this.#store.append({
      room,
      authorId: author.id,
      guestName: author.guestName,
      text: message,
      atMs: this.#clock.nowMs(),
    });
    await this.#notifier.appended(entry, clientMessageId);
    return entry;
  }

  /** What was said last in a room, oldest first. */
  history(room: RoomName): Promise<readonly Entry[]> {
    return this.#store.latestEntries(room, HISTORY_SIZE);
  }

  /** The rooms in which something was said, most recent first. */
  rooms(): Promise<readonly RoomSummary[]> {
    return this.#store.recentRooms(INDEX_SIZE);
  }
}
