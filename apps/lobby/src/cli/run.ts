/** `lobby <command>`: finds the command, and turns whatever goes wrong into an exit code and a sentence. */
import { readFile } from "node:fs/promises";
import { OperatorError } from "../operator-error.ts";
import { makeMigration } from "./makemigration.ts";
import { migrateCommand } from "./migrate.ts";
import { serveCommand } from "./serve.ts";

/** What a command can use of the process. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
}

type Command = (args: readonly string[], terminal: Terminal) => Promise<void>;

const COMMANDS: Readonly<Record<string, Command>> = {
  serve: serveCommand,
  migrate: migrateCommand,
  makemigration: makeMigration,
  help: async (_args, terminal) => terminal.print(HELP),
  version: async (_args, terminal) => terminal.print(`lobby ${await ownVersion()}`),
};

const HELP_FLAGS: ReadonlySet<string> = new Set(["--help", "-h"]);

const HELP = `Lobby: open a room by its URL and talk.

  lobby serve                  serve rooms (the database is migrated first)
  lobby migrate                bring the database to the newest form
  lobby makemigration <name>   add a migration to write
  lobby version                say which version this is

From a checkout, \`npm run lobby --\` stands for \`lobby\`, and \`npm start --\` for \`lobby serve\`.

Flags of serve and migrate, and the environment variables behind them:

  --host <address>        LOBBY_HOST         127.0.0.1
  --port <number>         LOBBY_PORT         8000; 0 picks a free one
  --data <folder>         LOBBY_DATA         ./data
  --public-url <address>  LOBBY_PUBLIC_URL   where visitors reach it, such as https://chat.example.com
  --trust-proxy <list>    LOBBY_TRUST_PROXY  proxies whose forwarded headers count, such as 127.0.0.1,10.0.0.0/8`;

async function ownVersion(): Promise<string> {
  const manifest = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

/** @returns the exit code: 0 when all went well, 1 otherwise. */
export async function run(
  argv: readonly string[],
  terminal: Terminal,
  complain: (text: string) => void,
): Promise<number> {
  const [first = "help", ...args] = argv;
  const name = argv.some((word) => HELP_FLAGS.has(word)) ? "help" : first.replace(/^--(?=version$)/, "");
  try {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command === undefined) {
      const known = Object.keys(COMMANDS).join(", ");
      throw new OperatorError("LOBBY_UNKNOWN_COMMAND", `There is no command "${name}". The commands are ${known}.`);
    }
    await command(args, terminal);
    return 0;
  } catch (error) {
    complain(error instanceof OperatorError ? error.message : String(error instanceof Error ? error.stack : error));
    return 1;
  }
}
