import type { Generated } from "kysely";

/** The tables after the newest migration. */
export interface Database {
  rooms: {
    id: Generated<number>;
    /** A `RoomName`. */
    name: string;
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
    nickname: string | null;
    /** The time of the last change of the nickname. */
    changedAtMs: number | null;
    /** The time at which the person first said or set something. */
    firstSpokeAtMs: number;
  };
}
