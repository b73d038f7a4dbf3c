/** `lobby migrate`: brings the database to the newest form, and says what it did. */
import { readConfig } from "../config.ts";
import { openDataFolder } from "../data-folder.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import type { Terminal } from "./run.ts";

export async function migrateCommand(args: readonly string[], { environment, print }: Terminal): Promise<void> {
  const { databaseFile } = await openDataFolder(readConfig(args, environment).dataFolder);
  const { store, applied } = await SqliteStore.open(databaseFile);
  await store.close();
  if (applied.length === 0) print("The database is up to date.");
  for (const name of applied) print(`Applied ${name}`);
}
