/**
 * Makes sure that one server alone uses a data folder: two would number the
 * same rooms, and people on one would not hear those on the other. The lock is
 * one of the operating system, taken through SQLite, so it ends with the
 * process however that ends.
 */
import { DatabaseSync } from "node:sqlite";
import path from "node:path";
import { OperatorError } from "../../operator-error.ts";

/**
 * Takes the lock.
 * @returns How to give it back.
 * @throws {OperatorError} LOBBY_DATA_FOLDER_IN_USE when another server has it.
 */
export function lockFolder(folder: string): () => void {
  const lock = new DatabaseSync(path.join(folder, "lock"), { timeout: 0 });
  try {
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE;");
  } catch {
    lock.close();
    throw new OperatorError(
      "LOBBY_DATA_FOLDER_IN_USE",
      `Another Lobby serves from ${folder}. Stop it first, or choose another folder with --data.`,
    );
  }
  return () => lock.close();
}
