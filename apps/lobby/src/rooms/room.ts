import { checkRoomName, type RoomName } from "@lobby/protocol";
import { requireValid } from "../shared/refusal.ts";

/** A room as the index lists it. */
export interface RoomSummary {
  readonly name: RoomName;
  /** The number of the room's last entry. */
  readonly head: number;
  /** The time of the room's last entry, in milliseconds since 1970. */
  readonly lastAtMs: number;
}

/**
 * Returns the room name in a text.
 * @throws {Refusal} A `RoomNameCode` when the text is not a valid name.
 */
export function parseRoomName(text: string): RoomName {
  return requireValid(checkRoomName(text));
}
