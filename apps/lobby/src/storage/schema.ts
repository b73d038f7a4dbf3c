import type { Generated } from "kysely";

/** The tables after the newest migration. */
export interface Database {
  rooms: {
    id: Generated<number>;
    /** A `RoomName`. */
    name: string;
    /** The `skeletonOf` the name. Another room can have the same one only since before migration 0002. */
    skeleton: Generated<string>;
    /** The number of the room's last entry. */
    head: number;
    /** The time of the room's last entry. */
    lastAtMs: number;
  };
  entries: {
    roomId: number;
    seq: number;
    authorId: string;
    authorName: string;
    text: string;
    atMs: number;
  };
  people: {
    id: string;
    nickname: string;
    changedAtMs: number;
  };
}
