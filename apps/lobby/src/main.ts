/** The command `lobby`. */
import { startLobby } from "./lobby.ts";
import { run } from "./operations/cli/run.ts";
import { print, printError } from "./operations/standard-streams.ts";
import { MIGRATIONS_FOLDER } from "./storage/migrations-folder.ts";
import { SqliteStore } from "./storage/sqlite/sqlite-store.ts";

const code = await run(process.argv.slice(2), { environment: process.env, print }, printError, {
  start: startLobby,
  migrate,
  migrationsFolder: MIGRATIONS_FOLDER,
});
// A line that nobody reads would keep the process alive.
process.exit(code);

async function migrate(databaseFile: string): Promise<readonly string[]> {
  const { store, applied } = await SqliteStore.open(databaseFile);
  await store.close();
  return applied;
}
