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

/** How long a statement waits for another process that writes, such as a backup, while the store opens. */
const BUSY_TIMEOUT_MS = 5_000;

/** Returns Kysely on a connection. */
export function kyselyOn<Schema>(database: DatabaseSync): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new Adapter(),
      createDriver: () => new Driver(database),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
    plugins: [new CamelCasePlugin()],
  });
}

/**
 * Connects to a database file. Creates the file when it does not exist.
 * A commit returns after it has reached the disk.
 * @throws {Error} When SQLite cannot open the file, or the database belongs to another program.
 */
export function openConnection(file: string): DatabaseSync {
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

/** Runs transactions so that they take the write lock first, and fail with their first error. */
class Driver extends SqliteDriver {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    super({ database: adapt(database) });
    this.#database = database;
  }

  /** Takes the write lock. A transaction that reads first fails when another process has written after the read. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    // A rollback may have failed before.
    if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  /** Never rejects, so that Kysely throws the error of the transaction. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // SQLite itself rolls back after some errors, such as that of a full disk.
    if (this.#database.isTransaction) await super.rollbackTransaction(connection).catch(() => undefined);
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
