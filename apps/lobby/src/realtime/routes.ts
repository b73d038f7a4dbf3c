import { consumer, route, stack, urlRouter, type WebSocketApplication, type WebSocketScope } from "@lobby/channels";
import type { Rooms } from "../rooms/rooms.ts";
import type { VisitorScope } from "../visitors/visitor.ts";
import { enterRoom } from "./enter-room.ts";
import { PlainConsumer } from "./plain-consumer.ts";
import { requireReadablePath } from "./require-readable-path.ts";
import { roomContract } from "./room-contract.ts";

/** Returns the application for every WebSocket address of Lobby. */
export function socketRoutes(rooms: Rooms): WebSocketApplication<WebSocketScope & VisitorScope> {
  return stack(requireReadablePath)(
    urlRouter([route(roomContract.path, stack(enterRoom)(consumer(PlainConsumer, rooms)))]),
  );
}
