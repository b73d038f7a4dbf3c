/** Real stores on real files. */
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Scene } from "./scene.ts";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { soon } from "@lobby/test-support/waiting";

/** Where a database may be made. */
export function newDatabaseFile(): string {
  return path.join(temporaryFolder(), "lobby.sqlite");
}

/** A store that is closed when the test is over. */
export async function openStore(scene: Scene, file: string = newDatabaseFile()): Promise<SqliteStore> {
  const { store } = await SqliteStore.open(file);
  scene.after(() => soon(store.close(), "the store to close"));
  return store;
}

/** A second connection to a database, as a backup or another process has it. */
export function openBeside(scene: Scene, file: string, timeoutMs = 5_000): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: timeoutMs });
  scene.after(() => {
    if (database.isOpen) database.close();
  });
  return database;
}
