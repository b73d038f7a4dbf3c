import path from "node:path";
import type { Nickname, RoomName } from "@lobby/protocol";
import type { PeopleStore } from "../../people/ports.ts";
import type { Entry, EntryDraft } from "../../rooms/entry.ts";
import type { RoomStore } from "../../rooms/ports.ts";
import type { RoomSummary } from "../../rooms/room.ts";
import { DatabaseThread } from "./database-thread.ts";

/** The script of the thread: TypeScript in the sources, JavaScript in a build. */
const COMMIT_THREAD = new URL(`./commit-thread${path.extname(import.meta.filename)}`, import.meta.url);

/** The store on an embedded SQLite database, which has a thread of its own. */
export class SqliteStore implements RoomStore, PeopleStore {
  readonly #thread: DatabaseThread;
  #checking: Promise<void> | undefined;

  constructor(thread: DatabaseThread) {
    this.#thread = thread;
  }

  /**
   * Opens a database file and migrates it. Creates the file when it does not exist.
   * @returns The store and the names of the applied migrations.
   * @throws {OperatorError} LOBBY_DATABASE_NEWER when a newer version of Lobby migrated the database;
   * LOBBY_DATABASE_FILE when SQLite cannot use the file.
   */
  static async open(file: string): Promise<{ readonly store: SqliteStore; readonly applied: readonly string[] }> {
    const thread = new DatabaseThread(COMMIT_THREAD, { file });
    try {
      const applied = await thread.started;
      return { store: new SqliteStore(thread), applied: applied as readonly string[] };
    } catch (error) {
      await thread.close();
      throw error;
    }
  }

  append(draft: EntryDraft): Promise<Entry> {
    return this.#thread.call("append", draft);
  }
  latestEntries(room: RoomName, limit: number): Promise<readonly Entry[]> {
    return this.#thread.call("latestEntries", room, limit);
  }
  exists(room: RoomName): Promise<boolean> {
    return this.#thread.call("exists", room);
  }
  recentRooms(limit: number): Promise<readonly RoomSummary[]> {
    return this.#thread.call("recentRooms", limit);
  }
  nickname(personId: string): Promise<Nickname | undefined> {
    return this.#thread.call("nickname", personId);
  }
  firstSpokeAtMs(personId: string): Promise<number | undefined> {
    return this.#thread.call("firstSpokeAtMs", personId);
  }
  setNickname(personId: string, nickname: Nickname, atMs: number): Promise<void> {
    return this.#thread.call("setNickname", personId, nickname, atMs);
  }

  /**
   * Rejects when the database cannot commit. Simultaneous calls share one commit, so that probes never delay writers.
   */
  check(): Promise<void> {
    return (this.#checking ??= this.#thread.call("check").finally(() => (this.#checking = undefined)));
  }

  /** Waits for the replies to earlier calls, then closes the database. */
  close(): Promise<void> {
    return this.#thread.close();
  }
}
