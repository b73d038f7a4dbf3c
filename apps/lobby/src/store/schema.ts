/** The tables, as the newest migration leaves them. */
import type { Generated } from "kysely";

export interface Database {
  rooms: {
    id: Generated<number>;
    /** NFC; the room's address. */
    name: string;
    /** The number of the last entry. */
    head: number;
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
