/** The addresses of rooms on a server, built by the functions that Lobby and its clients use. */
import { checkRoomName, roomPath, roomSocketPath, type RoomName } from "@lobby/protocol";

/** Returns the address of a room's page. */
export function roomUrl(origin: string, name: string): string {
  return origin + roomPath(roomName(name));
}

/** Returns the address of a room's WebSocket. */
export function roomSocketUrl(origin: string, name: string): string {
  return origin.replace("http", "ws") + roomSocketPath(roomName(name));
}

function roomName(text: string): RoomName {
  const check = checkRoomName(text);
  if (check.ok) return check.value;
  throw new Error(`"${text}" cannot name a room: ${check.code}.`);
}
