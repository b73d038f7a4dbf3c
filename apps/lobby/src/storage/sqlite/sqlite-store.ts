import path from "node:path";
import type { Nickname, RoomName } from "@lobby/protocol";
import type { PeopleStore } from "../../people/ports.ts";
import type { Entry, EntryDraft } from "../../rooms/entry.ts";
import type { RoomStore } from "../../rooms/ports.ts";
import type { RoomSummary } from "../../rooms/room.ts";
import { Refusal } from "../../shared/refusal.ts";
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

  async append(draft: EntryDraft): Promise<Entry> {
    const outcome = await this.#thread.call("append", draft);
    if ("looksLike" in outcome) throw new Refusal("LOBBY_ROOM_NAME_CONFUSABLE", undefined, outcome.looksLike);
    return outcome;
  }
  latestEntries(room: RoomName, limit: number): Promise<readonly Entry[]> {
    return this.#thread.call("latestEntries", room, limit);
  }
  roomLike(name: RoomName): Promise<RoomName | undefined> {
    return this.#thread.call("roomLike", name);
  }
  recentRooms(limit: number, visitorId?: string): Promise<readonly RoomSummary[]> {
    return this.#thread.call("recentRooms", limit, visitorId);
  }
  nickname(personId: string): Promise<Nickname | undefined> {
    return this.#thread.call("nickname", personId);
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
