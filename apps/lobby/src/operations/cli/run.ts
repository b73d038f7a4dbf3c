import { readFile } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { OperatorError } from "../../shared/operator-error.ts";
import { helpText } from "./help.ts";
import { makemigration } from "./makemigration.ts";
import { migrate } from "./migrate.ts";
import { serve } from "./serve.ts";
import type { Command, Program, Terminal } from "./command.ts";

const COMMANDS: Readonly<Record<string, Command>> = {
  serve,
  migrate,
  makemigration,
  help: {
    summary: "print this help",
    run: async (_args, { print }) => print(helpText(COMMANDS)),
  },
  version: {
    summary: "print the version",
    run: async (_args, { print }) => print(`lobby ${await ownVersion()}`),
  },
};

const HELP_FLAGS: ReadonlySet<string> = new Set(["--help", "-h"]);

/**
 * Runs a command. Prints an error as its message when the operator can fix it, and with its stack otherwise.
 * @returns The exit code: 0 after a success, 1 after an error.
 */
export async function run(
  argv: readonly string[],
  terminal: Terminal,
  printError: (text: string) => Promise<void>,
  program: Program,
): Promise<number> {
  const [first = "help", ...args] = argv;
  const name = argv.some((word) => HELP_FLAGS.has(word)) ? "help" : first.replace(/^--(?=version$)/, "");
  try {
    await find(name).run(args, terminal, program);
    return 0;
  } catch (error) {
    await printError(
      error instanceof OperatorError ? error.message : String(error instanceof Error ? error.stack : error),
    );
    return 1;
  }
}

function find(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) return command;
  const known = Object.keys(COMMANDS).join(", ");
  throw new OperatorError("LOBBY_UNKNOWN_COMMAND", `There is no command "${name}". The commands are ${known}.`);
}

async function ownVersion(): Promise<string> {
  const manifest = await readFile(findPackageJSON(import.meta.url) ?? "package.json", "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
