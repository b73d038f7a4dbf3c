/** The store on an embedded SQLite, as the main thread sees it. */
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { Entry } from "../../domain/entries.ts";
import type { Nickname } from "../../domain/people.ts";
import type { RoomName, RoomSummary } from "../../domain/rooms.ts";
import { OperatorError } from "../../operator-error.ts";
import type { EntryDraft, Store } from "../../services/ports.ts";
import type { Call, Reply, WorkerSettings } from "./calls.ts";

/** See the head of this file. */
export class SqliteStore implements Store {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;
  /** Set when the thread is gone; every call from then on is answered with it. */
  #end: Error | undefined;
  #checking: Promise<void> | undefined;

  constructor(file: string) {
    const settings: WorkerSettings = { file };
    this.#worker = new Worker(new URL(`./worker${path.extname(import.meta.filename)}`, import.meta.url), {
      workerData: settings,
    });
    this.#worker.on("message", (replies: readonly Reply[]) => this.#settle(replies));
    this.#worker.once("error", (error: Error) => this.#fail(error));
    this.#worker.once("exit", () => this.#fail(new Error("The database was closed.")));
  }

  /**
   * Opens the file, or makes it, and brings it to the newest form.
   * @returns The store, and the migrations that were run.
   * @throws {OperatorError} LOBBY_DATABASE_NEWER when a later version of Lobby made the file,
   * LOBBY_DATABASE_FILE when it cannot be used for any other reason.
   */
  static async open(file: string): Promise<{ readonly store: SqliteStore; readonly applied: readonly string[] }> {
    const store = new SqliteStore(file);
    try {
      const applied = await store.#wait(0);
      return { store, applied: applied as readonly string[] };
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  append(draft: EntryDraft): Promise<Entry> {
    return this.#call("append", draft);
  }
  latestEntries(room: RoomName, limit: number): Promise<readonly Entry[]> {
    return this.#call("latestEntries", room, limit);
  }
  recentRooms(limit: number): Promise<readonly RoomSummary[]> {
    return this.#call("recentRooms", limit);
  }
  nickname(personId: string): Promise<Nickname | undefined> {
    return this.#call("nickname", personId);
  }
  setNickname(personId: string, nickname: Nickname, atMs: number): Promise<void> {
    return this.#call("setNickname", personId, nickname, atMs);
  }
  /** One commit at a time, however many ask meanwhile: whoever probes must not hold up those who write. */
  check(): Promise<void> {
    return (this.#checking ??= this.#call<void>("check").finally(() => (this.#checking = undefined)));
  }

  /** Waits for what was asked before, then ends the thread. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#pending.values()].map((pending) => pending.promise));
    await this.#worker.terminate();
  }

  #call<Result>(name: keyof Store, ...args: readonly unknown[]): Promise<Result> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    this.#lastId += 1;
    const call: Call = { id: this.#lastId, name, args };
    this.#worker.postMessage(call);
    return this.#wait(call.id) as Promise<Result>;
  }

  #wait(id: number): Promise<unknown> {
    const pending = Promise.withResolvers<unknown>();
    this.#pending.set(id, pending);
    return pending.promise;
  }

  #settle(replies: readonly Reply[]): void {
    for (const { id, value, error } of replies) {
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (error === undefined) pending?.resolve(value);
      else if (error.operatorCode === undefined) pending?.reject(new Error(`The database failed: ${error.message}`));
      else pending?.reject(new OperatorError(error.operatorCode, error.message));
    }
  }

  #fail(error: Error): void {
    this.#end ??= error;
    for (const pending of this.#pending.values()) pending.reject(this.#end);
    this.#pending.clear();
  }
}
