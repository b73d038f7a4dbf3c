import { DatabaseSync } from "node:sqlite";
import path from "node:path";
import { OperatorError } from "../../shared/operator-error.ts";

const SQLITE_BUSY = 5;

/**
 * Locks a data folder for this process until the result is disposed.
 *
 * Two servers on one folder would both number the same rooms, and neither would notify the visitors of the other.
 * SQLite takes the lock from the operating system, which releases it when the process ends, even in a crash.
 * @throws {OperatorError} LOBBY_DATA_FOLDER_IN_USE when another server has the lock; LOBBY_LOCK_FILE when the lock
 * file is not writable.
 */
export function lockFolder(folder: string): Disposable {
  const file = path.join(folder, "lock");
  try {
    using resources = new DisposableStack();
    const lock = resources.use(new DatabaseSync(file, { timeout: 0 }));
    // On a read-only file, SQLite grants the exclusive lock to every process. Only a write reveals that.
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; PRAGMA user_version = 1;");
    return resources.move();
  } catch (error) {
    const { errcode, message } = error as Error & { readonly errcode?: number };
    if (errcode === SQLITE_BUSY) {
      throw new OperatorError(
        "LOBBY_DATA_FOLDER_IN_USE",
        `Another Lobby uses the data folder ${folder}. Stop it first, or choose another folder with --data.`,
      );
    }
    throw new OperatorError(
      "LOBBY_LOCK_FILE",
      `Cannot lock ${file} (${message}). Make it writable for this user, or delete it when no Lobby is running.`,
    );
  }
}
