import { checkRoomName, MAX_ROOM_NAME_CODE_POINTS, type RoomName } from "@lobby/protocol";
import type { Person } from "../people/person.ts";
import type { Clock } from "../shared/clock.ts";
import { Refusal, requireValid } from "../shared/refusal.ts";
import { parseMessageText, type Entry } from "./entry.ts";
import type { RoomNotifier, RoomStore } from "./ports.ts";
import type { RoomSummary } from "./room.ts";

/** How many entries a room shows when it opens. */
const HISTORY_SIZE = 50;

/** How many rooms the index lists. */
const INDEX_SIZE = 50;

/** The most UTF-16 units of a room name in NFC. */
const MAX_ROOM_NAME_UNITS = 2 * MAX_ROOM_NAME_CODE_POINTS;

/** The use cases of rooms: enter, write and read. */
export class Rooms {
  readonly #store: RoomStore;
  readonly #notifier: RoomNotifier;
  readonly #clock: Clock;

  constructor(store: RoomStore, notifier: RoomNotifier, clock: Clock) {
    this.#store = store;
    this.#notifier = notifier;
    this.#clock = clock;
  }

  /**
   * Returns the name of the room that a text from an address means. Earlier versions of Lobby accepted more names; a
   * room that exists stays at its exact address.
   * @throws {Refusal} A `RoomNameCode` when the text is not a valid name; LOBBY_ROOM_NAME_CONFUSABLE when no room has
   * the name and it looks like that of an open room.
   */
  async find(text: string): Promise<RoomName> {
    const check = checkRoomName(text);
    const exact = text as RoomName;
    const isNamed = check.ok && check.value === text;
    if (!isNamed && text.length <= MAX_ROOM_NAME_UNITS && (await this.#store.roomLike(exact)) === text) return exact;
    const name = requireValid(check);
    const open = (await this.#store.roomLike(name)) ?? name;
    if (open !== name) throw new Refusal("LOBBY_ROOM_NAME_CONFUSABLE", undefined, open);
    return name;
  }

  /**
   * Posts a message: commits its entry, then notifies the members of the room.
   * @throws {Refusal} A `MessageTextCode` when the text is not a valid message; LOBBY_ROOM_NAME_CONFUSABLE when a
   * room whose name looks the same has been opened since `find`.
   */
  async post(room: RoomName, author: Person, text: string, clientMessageId?: string): Promise<Entry> {
    const entry = await this.#store.append({
      room,
      author,
      text: parseMessageText(text),
      atMs: this.#clock.nowMs(),
    });
    await this.#notifier.entryAppended({ entry, clientMessageId });
    return entry;
  }

  /** Returns the last 50 entries of a room, oldest first. */
  history(room: RoomName): Promise<readonly Entry[]> {
    return this.#store.latestEntries(room, HISTORY_SIZE);
  }

  /**
   * Returns the first 50 rooms of the index: those of the visitor, then the others by the number of their speakers in the
   * last week. One guest who opens many rooms cannot push the rooms of others off the index.
   * @param visitorId Undefined for a new visitor.
   */
  recent(visitorId?: string): Promise<readonly RoomSummary[]> {
    return this.#store.recentRooms(INDEX_SIZE, visitorId);
  }
}
