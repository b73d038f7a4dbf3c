/** Real stores on real files. */
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { soon } from "@lobby/test-support/waiting";
import type { StoreNotice } from "../../src/storage/sqlite/health.ts";
import { SqliteStore } from "../../src/storage/sqlite/sqlite-store.ts";
import type { Cleanup } from "./cleanup.ts";

/** Returns the path of a database that does not exist yet. */
export function newDatabaseFile(): string {
  return path.join(temporaryFolder(), "lobby.sqlite");
}

/** Opens a store, and closes it when the test is over. */
export async function openStore(
  cleanup: Cleanup,
  file: string = newDatabaseFile(),
  onNotice?: (notice: StoreNotice) => void,
): Promise<SqliteStore> {
  const { store } = await SqliteStore.open(file, onNotice);
  cleanup.after(() => soon(store.close(), "the store to close"));
  return store;
}

/** Opens a second connection to a database, as a backup or another process does. */
export function openBeside(cleanup: Cleanup, file: string, timeoutMs = 5_000): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: timeoutMs });
  cleanup.after(() => {
    if (database.isOpen) database.close();
  });
  return database;
}
