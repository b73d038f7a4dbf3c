import { fstatSync, openSync, readSync, statSync, type BigIntStats } from "node:fs";
import path from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** A database is three files: its pages, the log of its latest commits, and the index of that log. */
const SUFFIXES = ["", "-wal", "-shm"];

/** SQLite changes the first part of the first page with almost every change of the file. */
const FIRST_PAGE_BYTES = 4_096;

/** The state in which SQLite left the files. */
interface FilesState {
  readonly bytes: bigint;
  readonly changedAtNs: bigint;
  readonly firstPage: Buffer;
  /** The size of the log; 0 while no commit is in it. */
  readonly logBytes: bigint;
  /** The progress of SQLite's commits and checkpoints, by every process. */
  readonly progress: string;
}

/** A change of a database's files that SQLite did not make. */
export class FilesError extends Error {
  /** Whether the open database still has everything that it had. */
  readonly isReadable: boolean;

  constructor(message: string, isReadable: boolean) {
    super(message);
    this.isReadable = isReadable;
  }
}

/**
 * The files of an open database. It notices when another program deletes, moves, replaces, overwrites or truncates
 * them. SQLite itself would go on writing into files that nobody finds again.
 *
 * Other processes may use the database through SQLite, for a backup or a checkpoint.
 */
export class DatabaseFiles {
  readonly #places: readonly { readonly file: string; readonly dev: bigint; readonly ino: bigint }[];
  /** Stays open as long as the thread: when a process closes a file, the system releases SQLite's locks on it. */
  readonly #handle: number;
  readonly #logFile: string;
  readonly #progress: StatementSync;
  #known: FilesState;

  /** @param connection A connection that has written to the database, so that all files exist. */
  constructor(file: string, connection: DatabaseSync) {
    this.#places = SUFFIXES.map((suffix) => {
      const { dev, ino } = statSync(file + suffix, { bigint: true });
      return { file: file + suffix, dev, ino };
    });
    this.#handle = openSync(file, "r");
    this.#logFile = `${file}-wal`;
    // Reports the progress, and checkpoints nothing.
    this.#progress = connection.prepare("PRAGMA wal_checkpoint(NOOP)");
    this.#known = this.#read(this.#stat());
  }

  /**
   * Requires that the files are at their places and unchanged since SQLite's last change.
   * @throws {FilesError} The reason and the remedy.
   */
  requireUsable(): void {
    this.requireInPlace();
    this.requireReadable();
  }

  /**
   * Requires that a reader of the paths would find the files of this database.
   * @throws {FilesError} The reason and the remedy.
   */
  requireInPlace(): void {
    for (const { file, dev, ino } of this.#places) {
      const found = statSync(file, { bigint: true, throwIfNoEntry: false });
      if (found?.ino === ino && found.dev === dev) continue;
      const name = path.basename(file);
      const problem =
        found === undefined ? `The file ${name} was deleted or moved.` : `Another file is at the place of ${name}.`;
      throw new FilesError(`${problem} Put the original back, or stop Lobby and restore the data folder.`, true);
    }
  }

  /**
   * Requires that only SQLite has changed the files since `accept`.
   * @throws {FilesError} The reason and the remedy.
   */
  requireReadable(): void {
    const known = this.#known;
    const stat = this.#stat();
    const logBytes = this.#logBytes() ?? known.logBytes;
    const isShorter = stat.size < known.bytes || logBytes < known.logBytes;
    if (!isShorter && stat.mtimeNs === known.changedAtNs) return;
    if (!isShorter && this.#firstPage().equals(known.firstPage)) return;
    // Another process may have made a checkpoint.
    if (this.#currentProgress() === known.progress) {
      throw new FilesError(
        "Another program has overwritten or truncated the database. Stop Lobby, and restore the data folder.",
        false,
      );
    }
    this.accept();
  }

  /** Takes the current state of the files as that in which SQLite left them. */
  accept(): void {
    this.#known = this.#read(this.#stat());
  }

  #read({ size, mtimeNs }: BigIntStats): FilesState {
    const known = this.#known as FilesState | undefined;
    const progress = this.#currentProgress();
    return {
      bytes: size,
      changedAtNs: mtimeNs,
      firstPage: known?.changedAtNs === mtimeNs ? known.firstPage : this.#firstPage(),
      logBytes: progress.startsWith("0 ") ? 0n : (this.#logBytes() ?? 0n),
      progress,
    };
  }

  #stat(): BigIntStats {
    return fstatSync(this.#handle, { bigint: true });
  }

  #logBytes(): bigint | undefined {
    return statSync(this.#logFile, { bigint: true, throwIfNoEntry: false })?.size;
  }

  #firstPage(): Buffer {
    const page = Buffer.alloc(FIRST_PAGE_BYTES);
    readSync(this.#handle, page, 0, page.length, 0);
    return page;
  }

  #currentProgress(): string {
    const { log, checkpointed } = this.#progress.get() as { log: number; checkpointed: number };
    return `${log} ${checkpointed}`;
  }
}
