import type { Kysely } from "kysely";
import type { Entry, EntryDraft } from "../../rooms/entry.ts";
import { firstSpokeAtMs, nickname, setNickname } from "../queries/people.ts";
import { appendEntries, latestEntries, recentRooms, roomLike, type LookalikeRoom } from "../queries/rooms.ts";
import { checkTables, checkWritable } from "../readiness.ts";
import type { Database } from "../schema.ts";
import {
  laneOf,
  type Call,
  type Lane,
  type ReadName,
  type Reply,
  type ReplyError,
  type ThreadMessage,
} from "./calls.ts";
import { FilesError, type DatabaseFiles } from "./database-files.ts";
import { StoreHealth } from "./health.ts";
import { isDamage, isOutage, reasonOf } from "./sqlite-errors.ts";
import { NotStoredError, Writer, type Write } from "./writer.ts";

type Query = (db: Kysely<Database>, ...args: readonly unknown[]) => Promise<unknown>;

const READS = { latestEntries, recentRooms, roomLike, nickname, firstSpokeAtMs } satisfies Record<ReadName, unknown>;

/** Every write except `append`, whose calls share commits, and `check`. */
const WRITES = { setNickname } satisfies Record<Exclude<Call["name"], ReadName | "append" | "check">, unknown>;

/** The operation that fails when another program has changed the files. */
const READING = "read the database";

const READING_TABLES = "read the tables of the database";

/** The dependencies of a `CallRunner`. */
export interface CallRunnerOptions {
  readonly db: Kysely<Database>;
  readonly files: DatabaseFiles;
  /** Takes the calls that have arrived since the last `add`. */
  readonly takeArrived: () => readonly Call[];
  readonly send: (message: ThreadMessage) => void;
}

/**
 * Runs the calls of the main thread in their order. Every entry that arrives during a commit joins the next commit, so
 * commits grow with the load. While a write waits for another process, reads overtake it.
 */
export class CallRunner {
  readonly #options: CallRunnerOptions;
  readonly #health: StoreHealth;
  readonly #writer: Writer;
  readonly #queue: Call[] = [];
  #isRunning = false;

  constructor(options: CallRunnerOptions) {
    this.#options = options;
    const { db, files, send } = options;
    this.#health = new StoreHealth((notice) => send({ notice, problem: this.#health.problem }));
    this.#writer = new Writer({
      files,
      health: this.#health,
      probe: (bytes) => checkWritable(db, bytes),
      whileLocked: () => this.#answerReads(),
    });
  }

  /** Adds a call. Its reply follows those of the earlier calls of its lane. */
  add(call: Call): void {
    this.#queue.push(call);
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let call = this.#takeNext(); call !== undefined; call = this.#takeNext()) {
      if (call.name === "append") await this.#commit([call, ...this.#takeAppends()]);
      else if (isRead(call)) await this.#read(call);
      else await this.#write(call);
    }
    this.#isRunning = false;
  }

  /** Takes the oldest call, after all calls that have arrived are in the queue. */
  #takeNext(): Call | undefined {
    this.#queue.push(...this.#options.takeArrived());
    return this.#queue.shift();
  }

  /** Takes the appends at the front of the queue. It stops at the first other call, which must see them committed. */
  #takeAppends(): Call[] {
    const end = this.#queue.findIndex((call) => call.name !== "append");
    return this.#queue.splice(0, end === -1 ? this.#queue.length : end);
  }

  async #answerReads(): Promise<void> {
    this.#queue.push(...this.#options.takeArrived());
    const reads = this.#queue.filter(isRead);
    this.#queue.splice(0, this.#queue.length, ...this.#queue.filter((call) => !isRead(call)));
    for (const call of reads) await this.#read(call);
  }

  async #read(call: Call & { readonly name: ReadName }): Promise<void> {
    const query = READS[call.name] as Query;
    try {
      this.#options.files.requireReadable();
      const value = await query(this.#options.db, ...call.args);
      if (this.#health.hasDamage) for (const operation of [READING, readingOf(call)]) this.#health.intact(operation);
      this.#reply("reads", [{ value }]);
    } catch (error) {
      const isOfFiles = error instanceof FilesError;
      const isKnown = isOfFiles || isOutage(error);
      if (isKnown) this.#health.damaged(isOfFiles ? READING : readingOf(call), reasonOf(error));
      this.#reply("reads", [failure(error, isKnown ? "LOBBY_NOT_READABLE" : undefined)]);
    }
  }

  async #write({ name, args }: Call): Promise<void> {
    try {
      const value = name === "check" ? await this.#check() : await this.#change(name as keyof typeof WRITES, args);
      this.#reply("writes", [{ value }]);
    } catch (error) {
      this.#reply("writes", [writeFailure(error)]);
    }
  }

  async #check(): Promise<string | undefined> {
    await this.#writer.probe().catch(() => undefined);
    try {
      // SQLite would build a damaged index anew from a damaged log.
      this.#options.files.requireReadable();
      this.#health.intact(READING);
      await checkTables(this.#options.db);
      this.#health.intact(READING_TABLES);
    } catch (error) {
      this.#health.damaged(error instanceof FilesError ? READING : READING_TABLES, reasonOf(error));
    }
    return this.#health.problem;
  }

  async #change(name: keyof typeof WRITES, args: readonly unknown[]): Promise<unknown> {
    const query = WRITES[name] as Query;
    const transaction = (): Promise<unknown> => query(this.#options.db, ...args);
    return this.#guarded(`run ${name}`, { transaction, bytes: () => JSON.stringify(args).length, calls: 1 });
  }

  /** Commits the entries of all rooms at once. When the cause of a failure may be one room, commits each room alone. */
  async #commit(calls: readonly Call[]): Promise<void> {
    const drafts = calls.map((call) => call.args[0] as EntryDraft);
    try {
      const entries = await this.#writer.run(this.#appendOf(drafts));
      if (this.#health.hasDamage) for (const { room } of drafts) this.#health.intact(writingTo(room));
      this.#reply(
        "writes",
        entries.map((value) => ({ value })),
      );
    } catch (error) {
      const isPartial = error instanceof NotStoredError && error.isPartial;
      this.#reply("writes", isPartial ? await this.#commitByRoom(drafts) : drafts.map(() => writeFailure(error)));
    }
  }

  async #commitByRoom(drafts: readonly EntryDraft[]): Promise<readonly Reply[]> {
    const replies = new Map<EntryDraft, Reply>();
    for (const [room, ofRoom] of Map.groupBy(drafts, (draft) => draft.room)) {
      try {
        const entries = await this.#guarded(writingTo(room), this.#appendOf(ofRoom));
        for (const [index, draft] of ofRoom.entries()) replies.set(draft, { value: entries[index] });
      } catch (error) {
        for (const draft of ofRoom) replies.set(draft, writeFailure(error));
      }
    }
    return drafts.map((draft) => replies.get(draft) as Reply);
  }

  #appendOf(drafts: readonly EntryDraft[]): Write<readonly (Entry | LookalikeRoom)[]> {
    return {
      transaction: () => appendEntries(this.#options.db, drafts),
      bytes: () => drafts.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0),
      calls: drafts.length,
    };
  }

  /** Runs a write, and notes whether this operation alone failed. */
  async #guarded<Result>(operation: string, write: Write<Result>): Promise<Result> {
    try {
      const result = await this.#writer.run(write);
      this.#health.intact(operation);
      return result;
    } catch (error) {
      if (error instanceof NotStoredError && error.isPartial)
        this.#health.damaged(operation, error.message, isDamage(error.cause));
      throw error;
    }
  }

  #reply(lane: Lane, replies: readonly Reply[]): void {
    this.#options.send({ lane, replies });
  }
}

function isRead(call: Call): call is Call & { readonly name: ReadName } {
  return laneOf(call.name) === "reads";
}

function readingOf({ name, args }: Call): string {
  return name === "latestEntries" ? `read the room ${JSON.stringify(args[0])}` : `run ${name}`;
}

function writingTo(room: string): string {
  return `write to the room ${JSON.stringify(room)}`;
}

function writeFailure(error: unknown): Reply {
  return failure(error, error instanceof NotStoredError ? "LOBBY_NOT_STORED" : undefined);
}

function failure(error: unknown, refusalCode: ReplyError["refusalCode"]): Reply {
  return { error: { message: reasonOf(error), refusalCode } };
}
