import { anyJson, defineContract, type StandardSchema } from "@lobby/channels";
import { plainInput, ROOM_SOCKET_PATTERN, type PlainFrame, type RoomName } from "@lobby/protocol";
import type { EntryAppended } from "../rooms/events.ts";

/** Only this server sends these values, so the compiler checks them and no schema does. */
const plainFrame = anyJson as StandardSchema<PlainFrame>;
const entryAppended = anyJson as StandardSchema<EntryAppended>;

/** The contract of a room's connections: its frames, its events and the group of its members. */
export const roomContract = defineContract({
  name: "room",
  path: ROOM_SOCKET_PATTERN,
  client: plainInput,
  server: plainFrame,
  events: { "room.entry": entryAppended },
  groups: { members: (room: RoomName) => room },
});
