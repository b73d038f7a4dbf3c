import { fstatSync, openSync, readSync, statSync, type BigIntStats } from "node:fs";
import path from "node:path";
import { CommitLog } from "./commit-log.ts";
import type { LogIndex } from "./log-index.ts";

/** A database is three files: its pages, the log of its latest commits, and the index of that log. */
const PAGES = "";
const LOG = "-wal";
const SUFFIXES = [PAGES, LOG, "-shm"];

/** SQLite changes the first part of the first page with almost every change of the file. */
const FIRST_PAGE_BYTES = 4_096;

/** The state in which SQLite left the files. */
interface FilesState {
  readonly bytes: bigint;
  readonly changedAtNs: bigint;
  readonly firstPage: Buffer;
  /** The progress of SQLite's commits and checkpoints, by every process. */
  readonly progress: LogIndex;
}

/** A change of a database's files that SQLite did not make. */
export class FilesError extends Error {}

/**
 * The files of an open database. It notices when another program deletes, moves, replaces, overwrites or truncates
 * them. SQLite itself would go on writing into files that nobody finds again.
 *
 * Other processes may use the database through SQLite, for a backup or a checkpoint.
 */
export class DatabaseFiles {
  readonly #file: string;
  readonly #places: readonly { readonly file: string; readonly dev: bigint; readonly ino: bigint }[];
  /** Stays open as long as the thread: when a process closes a file, the system releases SQLite's locks on it. */
  readonly #handle: number;
  readonly #log: CommitLog;
  #known: FilesState;

  /** @param file The path of a database that is open and has a commit in its log, so that all files exist. */
  constructor(file: string) {
    this.#file = file;
    this.#places = SUFFIXES.map((suffix) => {
      const { dev, ino } = statSync(file + suffix, { bigint: true });
      return { file: file + suffix, dev, ino };
    });
    this.#handle = openSync(file, "r");
    this.#log = new CommitLog(file);
    this.#known = this.#read();
  }

  /**
   * Requires that the files are at their places and unchanged since SQLite's last change.
   * @throws {FilesError} The reason and the remedy.
   */
  requireUsable(): void {
    this.#requireInPlace();
    this.requireReadable();
  }

  /**
   * Requires the same, and reads the whole log. So it finds a change during an own commit, too.
   * @throws {FilesError} The reason and the remedy.
   */
  requireIntact(): void {
    this.requireUsable();
    if (!this.#log.isIntactThroughout()) throw this.#overwritten(LOG);
  }

  /**
   * Requires that only SQLite has changed the files since its last change.
   * @throws {FilesError} The reason and the remedy.
   */
  requireReadable(): void {
    const known = this.#known;
    const { size, mtimeNs } = this.#stat();
    const isShorter = size < known.bytes;
    const isUnchanged = !isShorter && (mtimeNs === known.changedAtNs || this.#firstPage().equals(known.firstPage));
    if (!isUnchanged) {
      const progress = this.#log.index;
      // Another process may make or have made a checkpoint.
      if (progress.isSameProgress(known.progress) && !progress.isCheckpointing) throw this.#overwritten(PAGES);
      this.#known = this.#read();
    }
    if (!this.#log.isIntact()) throw this.#overwritten(LOG);
  }

  /**
   * Takes the state of the files after an own commit as that in which SQLite left them. Requires that a reader of the
   * paths would find them, and that the log begins as SQLite left it.
   * @throws {FilesError} The reason and the remedy.
   */
  accept(): void {
    this.#requireInPlace();
    if (!this.#log.accept()) throw this.#overwritten(LOG);
    this.#known = this.#read();
  }

  #requireInPlace(): void {
    for (const { file, dev, ino } of this.#places) {
      const found = statSync(file, { bigint: true, throwIfNoEntry: false });
      if (found?.ino === ino && found.dev === dev) continue;
      const name = path.basename(file);
      const problem =
        found === undefined ? `The file ${name} was deleted or moved.` : `Another file is at the place of ${name}.`;
      throw new FilesError(`${problem} Put the original back, or stop Lobby and restore the data folder.`);
    }
  }

  #overwritten(suffix: string): FilesError {
    return new FilesError(
      `Another program has overwritten or truncated ${path.basename(this.#file)}${suffix}. ` +
        "Stop Lobby, and restore the data folder.",
    );
  }

  #read(): FilesState {
    const { size, mtimeNs } = this.#stat();
    const known = this.#known as FilesState | undefined;
    return {
      bytes: size,
      changedAtNs: mtimeNs,
      firstPage: known?.changedAtNs === mtimeNs ? known.firstPage : this.#firstPage(),
      progress: this.#log.index,
    };
  }

  #stat(): BigIntStats {
    return fstatSync(this.#handle, { bigint: true });
  }

  #firstPage(): Buffer {
    const page = Buffer.alloc(FIRST_PAGE_BYTES);
    readSync(this.#handle, page, 0, page.length, 0);
    return page;
  }
}
