import { decodePathSegment } from "@lobby/channels";
import { INDEX_PATH, ROOM_PATTERN, roomPath } from "@lobby/protocol";
import type { Handler } from "hono";
import type { People } from "../../people/people.ts";
import { parseRoomName } from "../../rooms/room.ts";
import type { Rooms } from "../../rooms/rooms.ts";
import type { Env } from "../context.ts";
import { indexPage, ROOM_FIELD } from "../pages/index-page.ts";
import { roomPage } from "../pages/room-page.ts";
import type { ShowPage } from "../show-page.ts";

/** The dependencies of the rooms' pages. */
export interface RoomRoutesOptions {
  readonly rooms: Rooms;
  readonly people: People;
  readonly show: ShowPage;
}

const PARAMETER = ":room";
const PARAMETER_SEGMENT = ROOM_PATTERN.split("/").indexOf(PARAMETER);

/**
 * The route of a room's page. Hono's parameters match an empty segment only with a pattern. The handler refuses
 * an empty name like every other invalid name.
 */
export const ROOM_ROUTE: string = ROOM_PATTERN.replace(PARAMETER, `${PARAMETER}{[^/]*}`);

/** Returns the handlers of the root, the index and a room's page. */
export function roomRoutes({
  rooms,
  people,
  show,
}: RoomRoutesOptions): Readonly<Record<"root" | "index" | "room", Handler<Env>>> {
  return {
    root: (context) => context.redirect(INDEX_PATH),

    index: async (context) => {
      const typed = context.req.query(ROOM_FIELD);
      if (typed !== undefined) return context.redirect(roomPath(parseRoomName(typed)), 303);
      const { visitor } = context.env;
      const { phrases } = visitor;
      const content = indexPage(phrases, await rooms.recent(await visitor.knownId()));
      return show(context, { title: phrases.index.title, name: "index", content });
    },

    room: async (context) => {
      const { visitor, url } = context.env;
      // Pages and sockets decode names by the same rule. Hono's own parameters follow another one.
      const requested = decodePathSegment(url.pathname.split("/")[PARAMETER_SEGMENT] ?? "");
      const room = await rooms.find(requested);
      if (room !== requested) return context.redirect(roomPath(room), 308);
      const me = await visitor.guest();
      const [entries, name] = await Promise.all([rooms.history(room), people.nameOf(me)]);
      const content = roomPage(visitor.phrases, { room, entries, me: { id: me.id, name } });
      return show(context, { title: `${room} · ${visitor.phrases.index.title}`, name: "room", content });
    },
  };
}
