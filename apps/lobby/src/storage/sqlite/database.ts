import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import {
  CamelCasePlugin,
  CompiledQuery,
  DEFAULT_MIGRATION_TABLE,
  Kysely,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type SqliteDatabase,
} from "kysely";

/** How long a statement waits for another process that writes, such as a backup. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens a database file with Kysely on Node's SQLite. Creates the file when it does not exist.
 * A commit returns after it has reached the disk.
 * @throws {Error} When SQLite cannot open the file, or the database belongs to another program.
 */
export function openDatabase<Schema>(file: string): Kysely<Schema> {
  const database = openFile(file);
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new Adapter(),
      createDriver: () => new Driver({ database: adapt(database) }),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
    plugins: [new CamelCasePlugin()],
  });
}

function openFile(file: string): DatabaseSync {
  using resources = new DisposableStack();
  const options = { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true };
  const database = resources.use(new DatabaseSync(file, options));
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  if (tables.length > 0 && !tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) {
    throw new Error("it belongs to another program");
  }
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  resources.move();
  return database;
}

/** Lets a failed migration roll back its changes of tables. */
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/**
 * Takes the write lock when a transaction begins, and waits for it if necessary. A transaction that reads first
 * fails without waiting when another process has written after the read.
 */
class Driver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }
}

/** Adapts `node:sqlite` to the interface that Kysely expects. */
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
