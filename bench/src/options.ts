/** What `npm run bench` can be told. */
import { parseArgs } from "node:util";

export interface Options {
  /** Names of scenarios; empty for all. */
  readonly only: readonly string[];
  /** Names of contenders; empty for all. */
  readonly peers: readonly string[];
  readonly rounds: number;
  readonly isQuick: boolean;
}

export const USAGE = `npm run bench -- [--only <scenario>]… [--peer <name>]… [--rounds <n>] [--quick]`;

/** @throws {Error} One sentence, when an argument is not understood. */
export function parseOptions(args: readonly string[], scenarios: readonly string[], peers: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", multiple: true, default: [] },
      peer: { type: "string", multiple: true, default: [] },
      rounds: { type: "string" },
      quick: { type: "boolean", default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`Expected --rounds to be 1 or more, got ${values.rounds}.`);
  check("--only", values.only, scenarios);
  check("--peer", values.peer, peers);
  return { only: values.only, peers: values.peer, rounds, isQuick: values.quick };
}

function check(flag: string, given: readonly string[], known: readonly string[]): void {
  for (const name of given) {
    if (!known.includes(name)) throw new Error(`Expected ${flag} to be one of ${known.join(", ")}; got ${name}.`);
  }
}
