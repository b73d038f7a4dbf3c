import { promises as fs } from "node:fs";
import path from "node:path";
import { DEFAULT_MIGRATION_TABLE, FileMigrationProvider, Migrator, type Kysely } from "kysely";
import { OperatorError } from "../shared/operator-error.ts";
import { MIGRATIONS_FOLDER } from "./migrations-folder.ts";

/**
 * Applies every missing migration, or none when one of them fails.
 * @returns The names of the applied migrations, in order.
 * @throws {OperatorError} LOBBY_DATABASE_NEWER when the database has a migration that this version does not know.
 */
export async function migrate<Schema>(db: Kysely<Schema>): Promise<readonly string[]> {
  await refuseNewerDatabase(db as Kysely<unknown>);
  const migrator = new Migrator({
    db: db as Kysely<unknown>,
    provider: new FileMigrationProvider({ fs, path, migrationFolder: MIGRATIONS_FOLDER }),
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results.map((result) => result.migrationName);
}

async function refuseNewerDatabase(db: Kysely<unknown>): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return;
  const applied = await (db as Kysely<Record<typeof DEFAULT_MIGRATION_TABLE, { name: string }>>)
    .selectFrom(DEFAULT_MIGRATION_TABLE)
    .select("name")
    .execute();
  const known = new Set((await fs.readdir(MIGRATIONS_FOLDER)).map((file) => path.parse(file).name));
  const unknown = applied.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new OperatorError(
    "LOBBY_DATABASE_NEWER",
    `A newer version of Lobby migrated this database. It has ${unknown.join(", ")}, which this version does not know. ` +
      "Start the newer version, or restore a backup from before the upgrade.",
  );
}
