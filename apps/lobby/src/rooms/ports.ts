/** The dependencies of `rooms`. The port of the store covers everything that one commit keeps. */
import type { RoomName } from "@lobby/protocol";
import type { Entry, EntryDraft } from "./entry.ts";
import type { EntryAppended } from "./events.ts";
import type { RoomSummary } from "./room.ts";

/** The store of the rooms' logs. A call sees the effects of every earlier call. */
export interface RoomStore {
  /**
   * Appends an entry to its room's log, and resolves after the commit.
   * The store numbers and resolves calls in the order in which it receives them.
   */
  append(draft: EntryDraft): Promise<Entry>;
  /** Returns the last entries of a room, oldest first; an empty list for a room without entries. */
  latestEntries(room: RoomName, limit: number): Promise<readonly Entry[]>;
  /** Tells whether a room has an entry. */
  exists(room: RoomName): Promise<boolean>;
  /** Returns the rooms with entries, the most recently used one first. */
  recentRooms(limit: number): Promise<readonly RoomSummary[]>;
}

/** Delivers events to the members of a room. */
export interface RoomNotifier {
  entryAppended(event: EntryAppended): Promise<void>;
}
