/** The command `lobby`. */
import { startLobby } from "./lobby.ts";
import { run } from "./operations/cli/run.ts";
import { MIGRATIONS_FOLDER } from "./storage/migrations-folder.ts";
import { SqliteStore } from "./storage/sqlite/sqlite-store.ts";

process.exitCode = await run(
  process.argv.slice(2),
  { environment: process.env, print: (line) => process.stdout.write(`${line}\n`) },
  (text) => process.stderr.write(`${text}\n`),
  { start: startLobby, migrate, migrationsFolder: MIGRATIONS_FOLDER },
);

async function migrate(databaseFile: string): Promise<readonly string[]> {
  const { store, applied } = await SqliteStore.open(databaseFile);
  await store.close();
  return applied;
}
