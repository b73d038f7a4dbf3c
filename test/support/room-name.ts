import { checkRoomName, type RoomName } from "@lobby/protocol";

/**
 * Returns the room name in a text.
 * @throws {Error} When the text is not a valid name.
 */
export function roomName(text: string): RoomName {
  const check = checkRoomName(text);
  if (check.ok) return check.value;
  throw new Error(`"${text}" cannot name a room: ${check.code}.`);
}
