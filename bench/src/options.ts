import { parseArgs } from "node:util";
import { UsageError } from "./usage-error.ts";

/** The options of `npm run bench`. */
export interface Options {
  /** Names of scenarios; empty for all. */
  readonly only: readonly string[];
  /** Names of systems; empty for all. */
  readonly peers: readonly string[];
  /** The commit to compare the working tree with, in any form that git accepts. */
  readonly against?: string;
  /** At least 1. */
  readonly rounds: number;
  readonly isQuick: boolean;
}

const USAGE = `npm run bench -- [--only <scenario>]… [--peer <name>]… [--rounds <n>] [--quick]
npm run bench -- --against <commit> [--only <scenario>]… [--rounds <n>] [--quick]`;

/** Default numbers of rounds. */
const ROUNDS = 3;
const QUICK_ROUNDS = 1;
const AGAINST_ROUNDS = 5;

/** Parses command-line arguments. @throws {UsageError} When an argument is unknown, or its value is out of range. */
export function parseOptions(
  args: readonly string[],
  scenarios: readonly string[],
  systems: readonly string[],
): Options {
  const { only, peer, against, rounds, quick } = parse(args);
  checkNames("--only", only, scenarios);
  checkNames("--peer", peer, systems);
  if (against !== undefined && peer.length > 0) {
    throw new UsageError("Expected --peer or --against, got both: --against measures no peers.");
  }
  const defaultRounds = against !== undefined ? AGAINST_ROUNDS : quick ? QUICK_ROUNDS : ROUNDS;
  const count = rounds === undefined ? defaultRounds : Number(rounds);
  if (!Number.isInteger(count) || count < 1) {
    throw new UsageError(`Expected --rounds to be an integer of 1 or more, got ${rounds}.`);
  }
  return { only, peers: peer, rounds: count, isQuick: quick, ...(against === undefined ? {} : { against }) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: "string", multiple: true, default: [] },
        peer: { type: "string", multiple: true, default: [] },
        against: { type: "string" },
        rounds: { type: "string" },
        quick: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${USAGE}`);
  }
}

function checkNames(option: string, names: readonly string[], known: readonly string[]): void {
  for (const name of names) {
    if (!known.includes(name)) {
      throw new UsageError(`Expected ${option} to be one of ${known.join(", ")}; got ${name}.`);
    }
  }
}
