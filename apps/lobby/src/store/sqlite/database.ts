/** Kysely over Node's own SQLite. */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { CamelCasePlugin, Kysely, SqliteDialect, type SqliteDatabase } from "kysely";

/** How long a statement waits for another process that writes, such as a backup. */
const BUSY_TIMEOUT_MS = 5_000;

/** Opens a database file, or makes it. A commit is on the disk when it returns. */
export function openDatabase<Schema>(file: string): Kysely<Schema> {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  return new Kysely<Schema>({
    dialect: new SqliteDialect({ database: adapt(database) }),
    plugins: [new CamelCasePlugin()],
  });
}

/** `node:sqlite` in the shape of the driver that Kysely knows. */
function adapt(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
        iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])) as IterableIterator<unknown>,
      };
    },
  };
}
