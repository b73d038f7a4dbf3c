import path from "node:path";
import type { Nickname, RoomName } from "@lobby/protocol";
import type { PeopleStore } from "../../people/ports.ts";
import type { Entry, EntryDraft } from "../../rooms/entry.ts";
import type { RoomStore } from "../../rooms/ports.ts";
import type { RoomSummary } from "../../rooms/room.ts";
import { Refusal } from "../../shared/refusal.ts";
import { DatabaseThread } from "./database-thread.ts";
import type { StoreNotice } from "./health.ts";

/** The script of the thread: TypeScript in the sources, JavaScript in a build. */
const COMMIT_THREAD = new URL(`./commit-thread${path.extname(import.meta.filename)}`, import.meta.url);

const CHECK_TIMEOUT_MS = 2_000;
const WAITING = "A write has waited for two seconds, for the disk or for another process that locks the database.";

/** The store on an embedded SQLite database, which has a thread of its own. */
export class SqliteStore implements RoomStore, PeopleStore {
  readonly #thread: DatabaseThread;
  #checking: Promise<string | undefined> | undefined;

  constructor(thread: DatabaseThread) {
    this.#thread = thread;
  }

  /**
   * Opens a database file and migrates it. Creates the file when it does not exist.
   * @param onNotice Receives a line for the log when the store begins or ends to refuse calls.
   * @returns The store and the names of the applied migrations.
   * @throws {OperatorError} LOBBY_DATABASE_NEWER when a newer version of Lobby migrated the database;
   * LOBBY_DATABASE_FILE when SQLite cannot use the file.
   */
  static async open(
    file: string,
    onNotice: (notice: StoreNotice) => void = () => undefined,
  ): Promise<{ readonly store: SqliteStore; readonly applied: readonly string[] }> {
    const thread = new DatabaseThread(COMMIT_THREAD, { file }, onNotice);
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
  firstSpokeAtMs(personId: string): Promise<number | undefined> {
    return this.#thread.call("firstSpokeAtMs", personId);
  }
  setNickname(personId: string, nickname: Nickname, atMs: number): Promise<void> {
    return this.#thread.call("setNickname", personId, nickname, atMs);
  }

  /**
   * Returns why the store cannot serve; undefined when it can commit and nothing in it was found damaged.
   * Answers within two seconds. Simultaneous calls share one commit, so that probes never delay writers.
   * @throws {Error} When the store is closed.
   */
  async check(): Promise<string | undefined> {
    this.#checking ??= this.#thread.call("check").finally(() => (this.#checking = undefined));
    const { promise: late, resolve } = Promise.withResolvers<string>();
    const timer = setTimeout(() => resolve(this.#thread.problem ?? WAITING), CHECK_TIMEOUT_MS);
    try {
      return await Promise.race([this.#checking, late]);
    } catch (error) {
      if (this.#thread.problem === undefined) throw error;
      return this.#thread.problem;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits for the replies to earlier calls, then closes the database. */
  close(): Promise<void> {
    return this.#thread.close();
  }
}
