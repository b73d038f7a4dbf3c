/** What has to be known before a connection to a room opens: which room, and who. */
import { Denial, type Middleware } from "@lobby/channels";
import { Refusal } from "../domain/refusal.ts";
import { parseRoomName, type RoomName } from "../domain/rooms.ts";
import type { Guest, VisitorScope } from "../identity/visitor.ts";

/** What `enterRoom` adds to a scope. */
export interface RoomScope {
  readonly room: RoomName;
  readonly guest: Guest;
}

/** Adds `scope.room` and `scope.guest`, or denies with 400 what is no room's name. */
export const enterRoom: Middleware<VisitorScope & { readonly params: { readonly room: string } }, RoomScope> = async ({
  params,
  visitor,
}) => {
  try {
    return { room: parseRoomName(params.room), guest: await visitor.guest() };
  } catch (error) {
    if (error instanceof Refusal) return new Denial(400, visitor.messages.refusals[error.code]);
    throw error;
  }
};
