/** Kysely over Node's own SQLite. */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import {
  CamelCasePlugin,
  CompiledQuery,
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
 * Opens a database file, or makes it. A commit is on the disk when it returns.
 * @throws {Error} when it cannot be opened, is no database, or is one of another program.
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
  if (tables.length > 0 && !tables.some(({ name }) => name === "kysely_migration")) {
    throw new Error("it belongs to another program");
  }
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  resources.move();
  return database;
}

/** A migration that fails half-way leaves nothing behind. */
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/**
 * A transaction takes the right to write when it begins, and waits for it if it must. One that reads
 * first would not wait but fail as soon as another process has written in between.
 */
class Driver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }
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
