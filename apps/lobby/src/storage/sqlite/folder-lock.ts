import { existsSync, statSync, type BigIntStats, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import path from "node:path";
import { OperatorError } from "../../shared/operator-error.ts";

const SQLITE_BUSY = 5;

/** How long a start waits for a program that has the database open, such as a backup. */
const DATABASE_WAIT_MS = 5_000;

/**
 * The lock of a data folder, held by this process until it is disposed.
 *
 * Two servers on one folder would both number the same rooms, and neither would notify the visitors of the other.
 * SQLite takes the lock from the operating system, which releases it when the process ends, even in a crash. Somebody
 * can delete the lock file while a server runs, so a start also requires that no process has the database open.
 */
export class FolderLock {
  readonly #folder: string;
  readonly #resources = new DisposableStack();
  /** The folder that has the file that this process has locked. */
  readonly #place: BigIntStats | undefined;
  /** The file that this process has locked. */
  #locked: BigIntStats;

  /**
   * @param databaseFile The database in the folder. It need not exist.
   * @throws {OperatorError} LOBBY_DATA_FOLDER_IN_USE when another server has the lock, or another process has the
   * database open; LOBBY_LOCK_FILE when the lock file is not writable.
   */
  constructor(folder: string, databaseFile: string) {
    this.#folder = folder;
    this.#place = find(folder);
    this.#locked = this.#lock();
    try {
      requireUnused(databaseFile);
    } catch (error) {
      this.#resources.dispose();
      throw error;
    }
  }

  /**
   * Locks the folder again when somebody has deleted or replaced the lock file.
   * @returns Whether that was necessary.
   * @throws {OperatorError} LOBBY_DATA_FOLDER when the folder itself was deleted, moved or replaced;
   * LOBBY_DATA_FOLDER_IN_USE or LOBBY_LOCK_FILE, as the constructor does.
   */
  renew(): boolean {
    if (isSame(find(lockFile(this.#folder)), this.#locked)) return false;
    const place = find(this.#folder);
    if (!isSame(place, this.#place)) {
      const problem =
        place === undefined
          ? `The data folder ${this.#folder} was deleted or moved.`
          : `Another folder is at the place of the data folder ${this.#folder}.`;
      const remedy = "Put the original back, or stop Lobby and restore the folder from a backup.";
      throw new OperatorError("LOBBY_DATA_FOLDER", `${problem} ${remedy}`);
    }
    this.#locked = this.#lock();
    return true;
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
  }

  #lock(): BigIntStats {
    const file = lockFile(this.#folder);
    try {
      using resources = new DisposableStack();
      makeFile(file);
      const lock = resources.use(new DatabaseSync(file, { timeout: 0 }));
      // On a read-only file, SQLite grants the exclusive lock to every process. Only a write reveals that.
      lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; PRAGMA user_version = 1;");
      this.#resources.use(resources.move());
      return statSync(file, { bigint: true });
    } catch (error) {
      if (isBusy(error)) {
        throw new OperatorError(
          "LOBBY_DATA_FOLDER_IN_USE",
          `Another Lobby uses the data folder ${this.#folder}. Stop it first, or choose another folder with --data.`,
        );
      }
      throw new OperatorError(
        "LOBBY_LOCK_FILE",
        `Cannot lock ${file} (${(error as Error).message}). Make it writable for this user, or delete it when no ` +
          "Lobby is running.",
      );
    }
  }
}

/** Requires that no process has the database open. Opening the store reports every other problem of the file. */
function requireUnused(databaseFile: string): void {
  if (!existsSync(databaseFile)) return;
  requireReadableLog(databaseFile);
  try {
    using database = new DatabaseSync(databaseFile, { timeout: DATABASE_WAIT_MS });
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    // In WAL mode, the first read of an exclusive connection excludes every other connection.
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
  } catch (error) {
    if (!isBusy(error)) return;
    throw new OperatorError(
      "LOBBY_DATA_FOLDER_IN_USE",
      `Another program has the database ${databaseFile} open, such as a Lobby whose file \`lock\` was deleted. ` +
        "Stop it first, or choose another folder with --data.",
    );
  }
}

/**
 * Requires that the write-ahead log of a database without tables has a change that SQLite can read. SQLite ignores and
 * deletes any other log, and the database would begin again without its messages.
 */
function requireReadableLog(databaseFile: string): void {
  if (!((statSync(`${databaseFile}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)) return;
  let tables: unknown;
  try {
    // A connection that only reads leaves the log as it is.
    using database = new DatabaseSync(databaseFile, { readOnly: true, timeout: DATABASE_WAIT_MS });
    tables = database.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.["count"];
  } catch {
    return;
  }
  if (tables !== 0) return;
  throw new OperatorError(
    "LOBBY_DATABASE_FILE",
    `Cannot use ${databaseFile} as the database (its write-ahead log is damaged, and no table is outside of it). ` +
      "Restore the data folder from a backup, or choose another folder with --data.",
  );
}

/** Returns what is at a path; undefined when nothing is, or nobody can tell. */
function find(place: string): BigIntStats | undefined {
  try {
    return statSync(place, { bigint: true });
  } catch {
    return undefined;
  }
}

function isSame(found: BigIntStats | undefined, known: BigIntStats | undefined): boolean {
  return found !== undefined && found.ino === known?.ino && found.dev === known.dev;
}

/** Creates an empty file for its owner only, unless it exists. SQLite would create it for every user. */
function makeFile(file: string): void {
  if (!existsSync(file)) writeFileSync(file, "", { flag: "a", mode: 0o600 });
}

function isBusy(error: unknown): boolean {
  return (error as { readonly errcode?: number }).errcode === SQLITE_BUSY;
}

function lockFile(folder: string): string {
  return path.join(folder, "lock");
}
