import type { RoomName } from "@lobby/protocol";
import type { EntryAppended } from "../rooms/events.ts";

/** The events of a room's group, by their type. */
export interface RoomEvents {
  "room.entry": EntryAppended;
}

/** Returns the name of the group of a room's members. */
export function roomGroup(room: RoomName): string {
  return `room.${room}`;
}
