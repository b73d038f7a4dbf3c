import type { Logger } from "pino";
import type { Config } from "../config.ts";

/** The parts of the process that a command uses. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Prints a line on standard output, and resolves when it is written. */
  readonly print: (line: string) => Promise<void>;
}

/** The parts of Lobby that the commands run. `main.ts` provides them, so the command line imports no other feature. */
export interface Program {
  /** Starts a server. */
  readonly start: (config: Config, log: Logger) => Promise<{ readonly url: string; close(): Promise<void> }>;
  /** Migrates a database file, and returns the names of the applied migrations. */
  readonly migrate: (databaseFile: string) => Promise<readonly string[]>;
  /** The folder that holds the migrations. */
  readonly migrationsFolder: string;
}

/** A command of the command line. */
export interface Command {
  /** Its arguments, for the help. */
  readonly usage?: string;
  /** Its line in the help. */
  readonly summary: string;
  /** Resolves when the command has finished. */
  readonly run: (args: readonly string[], terminal: Terminal, program: Program) => Promise<void>;
}
