/** Brings a database to the newest form that this version knows. */
import { promises as fs } from "node:fs";
import path from "node:path";
import { FileMigrationProvider, Migrator, type Kysely } from "kysely";
import { OperatorError } from "../operator-error.ts";
import { MIGRATIONS_FOLDER } from "./migrations-folder.ts";

/** The database was made by a later version of Lobby. */
class NewerDatabaseError extends OperatorError {
  constructor(migrations: readonly string[]) {
    super(
      "LOBBY_DATABASE_NEWER",
      `The database comes from a newer version of Lobby: it has ${migrations.join(", ")}, which this version does not know. ` +
        "Start the newer version, or restore a backup from before the upgrade.",
    );
  }
}

/**
 * Runs what is missing; all of it or nothing.
 * @returns The names of what was run, in order.
 * @throws {NewerDatabaseError} when the database has what this version does not know.
 */
export async function migrate<Schema>(db: Kysely<Schema>): Promise<readonly string[]> {
  const known = new Set((await fs.readdir(MIGRATIONS_FOLDER)).map((file) => path.parse(file).name));
  const migrator = new Migrator({
    db: db as Kysely<unknown>,
    provider: new FileMigrationProvider({ fs, path, migrationFolder: MIGRATIONS_FOLDER }),
  });
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (tables.some(({ name }) => name === "kysely_migration")) {
    const executed = await (db as unknown as Kysely<{ kysely_migration: { name: string } }>)
      .selectFrom("kysely_migration")
      .select("name")
      .execute();
    const unknown = executed.map(({ name }) => name).filter((name) => !known.has(name));
    if (unknown.length > 0) throw new NewerDatabaseError(unknown);
  }
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results.map((result) => result.migrationName);
}
