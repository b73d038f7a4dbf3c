/** The addresses of rooms, as paths for links and as patterns for routers. */
import type { RoomName } from "./room-name.ts";

/** The path of the index, the page that lists the rooms. */
export const INDEX_PATH = "/chat/";

/** The parameter of the two patterns below. */
const ROOM_PARAMETER = ":room";

/** The route of a room's page. */
export const ROOM_PATTERN = "/chat/:room/";

/** The route of a room's WebSocket, which speaks the plain protocol. */
export const ROOM_SOCKET_PATTERN = "/ws/chat/:room/";

/** Returns the path of a room's page, percent-encoded. */
export function roomPath(room: RoomName): string {
  return fill(ROOM_PATTERN, room);
}

/** Returns the path of a room's WebSocket, percent-encoded. */
export function roomSocketPath(room: RoomName): string {
  return fill(ROOM_SOCKET_PATTERN, room);
}

function fill(pattern: string, room: RoomName): string {
  return pattern.replace(ROOM_PARAMETER, () => encodeURIComponent(room));
}
