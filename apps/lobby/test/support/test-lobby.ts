import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pino } from "pino";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { startLobby } from "../../src/lobby.ts";
import { readConfig } from "../../src/operations/config.ts";
import type { Cleanup } from "./cleanup.ts";

/** One line of the log. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly kind?: string;
  readonly source?: string;
  readonly client?: string;
  readonly status?: number;
  readonly err?: { readonly message: string };
  readonly lost?: number;
}

/** A whole Lobby in the process of the test, on a free port of 127.0.0.1 and with a data folder of its own. */
export interface TestLobby {
  /** Such as `http://127.0.0.1:41234`. */
  readonly origin: string;
  readonly wsOrigin: string;
  readonly folder: string;
  readonly log: LogLine[];
  /** Returns the log lines of level error. */
  errors(): readonly LogLine[];
  /** Changes the database on a connection of its own, which the server does not notice. */
  sql(statements: string): void;
  /** Closes the server before the test is over. */
  close(): Promise<void>;
}

/** @param flags Flags as on the command line, except for the port and the data folder. */
export async function startTestLobby(cleanup: Cleanup, ...flags: readonly string[]): Promise<TestLobby> {
  const folder = temporaryFolder();
  const log: LogLine[] = [];
  const logger = pino({ base: null }, { write: (line) => log.push(JSON.parse(line) as LogLine) });
  const lobby = await startLobby(readConfig(["--port", "0", "--data", folder, ...flags], {}), logger);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= lobby.close());
  cleanup.after(close);
  const { origin, host } = new URL(lobby.url);
  return {
    origin,
    wsOrigin: `ws://${host}`,
    folder,
    log,
    errors: () => log.filter(({ level }) => level >= 50),
    sql(statements) {
      const database = new DatabaseSync(path.join(folder, "lobby.sqlite"), { timeout: 5_000 });
      database.exec(statements);
      database.close();
    },
    close,
  };
}
