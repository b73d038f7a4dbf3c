/** A whole Lobby inside the test's process, on a free port of 127.0.0.1 and a folder of its own. */
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pino } from "pino";
import { readConfig } from "../../src/config.ts";
import { startLobby } from "../../src/lobby.ts";
import type { Scene } from "./scene.ts";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";

/** One line of the log. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly kind?: string;
  readonly consumer?: string;
  readonly err?: { readonly message: string };
}

/** See the head of this file. */
export interface TestLobby {
  /** Such as `http://127.0.0.1:41234`. */
  readonly origin: string;
  readonly wsOrigin: string;
  readonly log: readonly LogLine[];
  /** The log lines of level error. */
  errors(): readonly LogLine[];
  /** Changes the database behind the server's back, from a connection of its own. */
  sql(statements: string): void;
  /** Ends it before the test is over; otherwise it ends by itself. */
  close(): Promise<void>;
}

/** @param flags As on the command line; port and data folder are chosen. */
export async function startTestLobby(scene: Scene, ...flags: readonly string[]): Promise<TestLobby> {
  const folder = temporaryFolder();
  const log: LogLine[] = [];
  const logger = pino({ base: null }, { write: (line) => log.push(JSON.parse(line) as LogLine) });
  const lobby = await startLobby(readConfig(["--port", "0", "--data", folder, ...flags], {}), logger);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= lobby.close());
  scene.after(close);
  const { origin, host } = new URL(lobby.url);
  return {
    origin,
    wsOrigin: `ws://${host}`,
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
