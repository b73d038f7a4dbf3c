import { consumer, route, stack, urlRouter } from "@lobby/channels";
import type { Gate } from "../limits/gate.ts";
import type { Rooms } from "../rooms/rooms.ts";
import type { HostCheck } from "../visitors/require-host.ts";
import { enterRoom } from "./enter-room.ts";
import { PlainConsumer } from "./plain-consumer.ts";
import { requireReadablePath } from "./require-readable-path.ts";
import { roomContract } from "./room-contract.ts";

/** Returns the application for every WebSocket address of Lobby. */
export function socketRoutes(rooms: Rooms, gate: Gate, checkHost: HostCheck) {
  const withReadableAddress = stack(checkHost, requireReadablePath, () => ({ rooms }));
  return withReadableAddress(urlRouter([route(roomContract.path, enterRoom(consumer(PlainConsumer, rooms, gate)))]));
}
