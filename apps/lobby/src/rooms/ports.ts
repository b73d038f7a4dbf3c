/** The dependencies of `rooms`. The port of the store covers everything that one commit keeps. */
import type { RoomName } from "@lobby/protocol";
import type { Entry, EntryDraft } from "./entry.ts";
import type { EntryAppended } from "./events.ts";
import type { RoomSummary } from "./room.ts";

/**
 * The store of the rooms' logs. A call sees the effects of every earlier call. While another process locks the database,
 * a call that changes nothing sees only those that have resolved.
 */
export interface RoomStore {
  /**
   * Appends an entry to its room's log, and resolves after the commit.
   * The store numbers and resolves calls in the order in which it receives them.
   * @throws {Refusal} LOBBY_ROOM_NAME_CONFUSABLE when the entry would open a room whose name looks like that of an
   * open one. Of two simultaneous calls, the first one opens its room.
   */
  append(draft: EntryDraft): Promise<Entry>;
  /** Returns the last entries of a room, oldest first; an empty list for a room without entries. */
  latestEntries(room: RoomName, limit: number): Promise<readonly Entry[]>;
  /**
   * Returns the name itself when a room with entries has it. Otherwise returns the name of the oldest room with entries
   * that looks the same, by their skeletons; undefined without one.
   */
  roomLike(name: RoomName): Promise<RoomName | undefined>;
  /**
   * Returns rooms with entries. The first ones are those in which the visitor spoke in the last week, the most recently
   * used one first. Then come the other ones by the number of people who spoke there in the last week, in four classes
   * (up to 1, 2 to 3, 4 to 7, 8 and more), and by their last use within a class. A week is today and the six days before
   * (UTC).
   */
  recentRooms(limit: number, visitorId?: string): Promise<readonly RoomSummary[]>;
}

/** Delivers events to the members of a room. */
export interface RoomNotifier {
  entryAppended(event: EntryAppended): Promise<void>;
}
