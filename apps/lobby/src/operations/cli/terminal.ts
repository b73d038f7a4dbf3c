/** The parts of the process that a command uses. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Prints a line on standard output. */
  readonly print: (line: string) => void;
}

/** A command of the command line. */
export interface Command {
  /** Its arguments, for the help. */
  readonly usage?: string;
  /** Its line in the help. */
  readonly summary: string;
  /** Resolves when the command has finished. */
  readonly run: (args: readonly string[], terminal: Terminal) => Promise<void>;
}
