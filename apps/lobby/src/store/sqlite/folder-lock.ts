/**
 * Makes sure that one server alone uses a data folder: two would number the
 * same rooms, and people on one would not hear those on the other. The lock is
 * one of the operating system, taken through SQLite, so it ends with the
 * process however that ends.
 */
import { DatabaseSync } from "node:sqlite";
import path from "node:path";
import { OperatorError } from "../../operator-error.ts";

const SQLITE_BUSY = 5;

/**
 * Takes the lock, until what it returns is disposed of.
 * @throws {OperatorError} LOBBY_DATA_FOLDER_IN_USE when another server has it, LOBBY_LOCK_FILE when its file cannot
 * be written.
 */
export function lockFolder(folder: string): Disposable {
  const file = path.join(folder, "lock");
  try {
    using resources = new DisposableStack();
    const lock = resources.use(new DatabaseSync(file, { timeout: 0 }));
    // On a file that cannot be written, SQLite grants an exclusive lock to everybody; only a write tells.
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; PRAGMA user_version = 1;");
    return resources.move();
  } catch (error) {
    const { errcode, message } = error as Error & { readonly errcode?: number };
    if (errcode === SQLITE_BUSY) {
      throw new OperatorError(
        "LOBBY_DATA_FOLDER_IN_USE",
        `Another Lobby serves from ${folder}. Stop it first, or choose another folder with --data.`,
      );
    }
    throw new OperatorError(
      "LOBBY_LOCK_FILE",
      `Cannot lock ${file} (${message}). Make it writable for this user, or delete it when no Lobby is running.`,
    );
  }
}
