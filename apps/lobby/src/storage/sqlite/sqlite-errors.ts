/** Explains the errors of SQLite. @see https://www.sqlite.org/rescode.html */

const ERROR = 1;
const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

const IOERR_READ = 266;
const IOERR_SHORT_READ = 522;
const IOERR_WRITE = 778;

/** The I/O errors that SQLite meets before it has written the end of a commit. */
const BEFORE_END_OF_COMMIT: ReadonlySet<number> = new Set([IOERR_READ, IOERR_SHORT_READ, IOERR_WRITE]);

/** The reason and the remedy for each kind of error. */
const REASONS: Readonly<Record<number, string>> = {
  // The statements of Lobby never change, so only a change of the tables makes one fail.
  [ERROR]:
    "Another program has changed the tables of the database. Stop Lobby, and restore the data folder from a backup.",
  [BUSY]: "Another process locks the database. End the process that writes to it.",
  [READONLY]: "The database is read-only. Make its files writable for this user.",
  [IOERR]: "The disk of the database failed. Check the disk, and the limits of this user on it.",
  [CORRUPT]: "The database is damaged. Stop Lobby, and restore the data folder from a backup.",
  [FULL]: "The disk of the database is full. Free some space.",
  [CANTOPEN]: "The files of the database cannot be opened. Make the data folder usable for this user.",
  [NOTADB]: "The database is damaged. Stop Lobby, and restore the data folder from a backup.",
};

/** Returns a sentence for the operator: what is wrong, and the remedy. */
export function reasonOf(error: unknown): string {
  const { errcode, message } = error as Error & { readonly errcode?: number };
  return REASONS[kindOf(error)] ?? (errcode === undefined ? message : `The database failed: ${message}`);
}

/** Tells whether the error is a state of the disk or of the files, which the operator can mend. */
export function isOutage(error: unknown): boolean {
  return kindOf(error) in REASONS;
}

/** Tells whether another process locks the database. */
export function isLocked(error: unknown): boolean {
  return kindOf(error) === BUSY;
}

/** Tells whether a part of the database is damaged. The other parts may be usable. */
export function isDamage(error: unknown): boolean {
  return [ERROR, CORRUPT, NOTADB].includes(kindOf(error));
}

/**
 * Tells whether a transaction that failed with this error has certainly stored nothing.
 * The end of a commit may be on the disk when an error follows it, such as that of `fsync`. After a crash, SQLite would
 * find the commit and restore it.
 */
export function isSurelyNotStored(error: unknown): boolean {
  return kindOf(error) !== IOERR || BEFORE_END_OF_COMMIT.has(codeOf(error));
}

/** Returns the primary result code: the lowest byte. */
function kindOf(error: unknown): number {
  return codeOf(error) & 0xff;
}

function codeOf(error: unknown): number {
  return (error as { readonly errcode?: number } | undefined)?.errcode ?? 0;
}
