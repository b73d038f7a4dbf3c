import { Denial, type Middleware } from "@lobby/channels";
import type { RoomName } from "@lobby/protocol";
import type { Person } from "../people/person.ts";
import { parseRoomName } from "../rooms/room.ts";
import { Refusal } from "../shared/refusal.ts";
import type { VisitorScope } from "../visitors/visitor.ts";

/** The scope after `enterRoom`. */
export interface RoomScope {
  readonly room: RoomName;
  readonly guest: Person;
}

/** Adds the room and the visitor's identity to the scope. Denies an invalid room name with 400. */
export const enterRoom: Middleware<VisitorScope & { readonly params: { readonly room: string } }, RoomScope> = async ({
  params,
  visitor,
}) => {
  try {
    return { room: parseRoomName(params.room), guest: await visitor.guest() };
  } catch (error) {
    if (error instanceof Refusal) return new Denial(400, visitor.phrases.refusals[error.code]);
    throw error;
  }
};
