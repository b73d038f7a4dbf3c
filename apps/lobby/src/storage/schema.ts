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
    /** The class of the number of people who spoke in the last week: 0 up to 1, 1 up to 3, 2 up to 7, 3 from 8. */
    speakerClass: Generated<number>;
  };
  entries: {
    roomId: number;
    seq: number;
    authorId: string;
    authorName: string;
    text: string;
    atMs: number;
  };
  /** The people who spoke in a room in the last week. */
  roomSpeakers: {
    roomId: number;
    personId: string;
    /** The day on which the person last spoke, in days since 1970 (UTC). */
    day: number;
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
