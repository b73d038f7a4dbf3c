import { stack, type ScopeParams } from "@lobby/channels";
import type { ROOM_SOCKET_PATTERN } from "@lobby/protocol";
import { parseRoomName } from "../rooms/room.ts";
import { visitorDenial } from "../visitors/visitor-denial.ts";
import type { VisitorScope } from "../visitors/visitor.ts";

/** A stack that adds the room, the visitor's identity and phrases. It denies an invalid room name with 400. */
export const enterRoom = stack(async ({ params, visitor }: VisitorScope & ScopeParams<typeof ROOM_SOCKET_PATTERN>) => {
  try {
    return { room: parseRoomName(params.room), guest: await visitor.guest(), phrases: visitor.phrases };
  } catch (error) {
    return visitorDenial(error, visitor.phrases);
  }
});
