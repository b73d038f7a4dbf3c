import { stack, type ScopeParams } from "@lobby/channels";
import type { ROOM_SOCKET_PATTERN } from "@lobby/protocol";
import type { Rooms } from "../rooms/rooms.ts";
import { visitorDenial } from "../visitors/visitor-denial.ts";
import type { VisitorScope } from "../visitors/visitor.ts";

/** What `enterRoom` needs from outside. */
export interface EntranceScope extends VisitorScope, ScopeParams<typeof ROOM_SOCKET_PATTERN> {
  readonly rooms: Rooms;
}

/**
 * A stack that adds the room, the visitor's identity and phrases. It denies an invalid name with 400, and a new name
 * that looks like that of an open room with 409.
 */
export const enterRoom = stack(async ({ params, visitor, rooms }: EntranceScope) => {
  try {
    return { room: await rooms.find(params.room), guest: await visitor.guest(), phrases: visitor.phrases };
  } catch (error) {
    return visitorDenial(error, visitor.phrases);
  }
});
