/** Who takes part, and how to start them. */
import { fileURLToPath } from "node:url";
import { findDjango } from "../../scripts/find-program.ts";
import type { DialectName } from "./driver/dialects.ts";
import type { ServerCommand } from "./server-process.ts";

/** One server among those compared. */
export interface Contender {
  readonly name: string;
  readonly dialect: DialectName;
  /** How to start it, or why that cannot be. */
  readonly server: ServerCommand | { readonly absence: string };
  /** Whether it comes with the package of peers, which is installed when somebody needs it. */
  readonly isPeer?: boolean;
  /** Why it cannot be measured in a scenario, by the scenario's name. */
  readonly absences?: Readonly<Record<string, string>>;
  /** The scenarios that it is there for, when these are not all. */
  readonly only?: readonly string[];
  /** Messages that may be in flight to all members of a room together, when there is a limit. */
  readonly maxDeliveriesInFlight?: number;
  /** Connections that it takes in reasonable time, when there is a limit. */
  readonly maxConnections?: number;
}

export const OURS = "@lobby/channels";

const NO_LAYER = { "two-nodes": "no layer between processes" };
const TOO_SLOW = "far below this rate";

const NPM: readonly Contender[] = [
  { name: OURS, dialect: "plain", server: onNode("src/servers/channels.ts") },
  {
    name: "bun",
    dialect: "plain",
    server: { command: [inBench("peers/node_modules/.bin/bun"), inBench("peers/bun.js")] },
    isPeer: true,
    absences: NO_LAYER,
  },
  { name: "ws", dialect: "plain", server: onNode("src/servers/ws.ts"), absences: NO_LAYER },
  { name: "crossws", dialect: "plain", server: onNode("peers/crossws.js"), isPeer: true },
  { name: "socket.io", dialect: "socket.io", server: onNode("peers/socket-io.js"), isPeer: true },
  // Nobody's server: how much the driver can take.
  { name: "raw", dialect: "plain", server: onNode("src/servers/raw.ts"), only: ["fan-out"] },
];

const DJANGO = {
  name: "django",
  dialect: "plain",
  absences: { latency: TOO_SLOW, "stalled-reader": TOO_SLOW },
  // More would take minutes: to arrive, and to connect.
  maxDeliveriesInFlight: 10_000,
  maxConnections: 5_000,
} satisfies Omit<Contender, "server">;

export const NAMES: readonly string[] = [...NPM, DJANGO].map(({ name }) => name);

/** @param wanted Names; empty for everybody. Ours is always there. */
export async function findContenders(wanted: readonly string[]): Promise<readonly Contender[]> {
  const isWanted = ({ name }: { readonly name: string }): boolean =>
    wanted.length === 0 || name === OURS || wanted.includes(name);
  const contenders = NPM.filter(isWanted);
  return isWanted(DJANGO) ? [...contenders, { ...DJANGO, server: await djangoServer() }] : contenders;
}

async function djangoServer(): Promise<Contender["server"]> {
  try {
    const daphne = [
      await findDjango(),
      "-m",
      "daphne",
      "--bind",
      "127.0.0.1",
      "--port",
      "0",
      "--access-log",
      "/dev/null",
    ];
    const env = { PYTHONPATH: inBench("peers/django"), PYTHONDONTWRITEBYTECODE: "1" };
    return { command: [...daphne, "application:application"], env };
  } catch (error) {
    return { absence: (error as Error).message };
  }
}

function onNode(file: string): ServerCommand {
  return { command: [process.execPath, "--conditions=source", "--expose-gc", inBench(file)] };
}

function inBench(file: string): string {
  return fileURLToPath(new URL(`../${file}`, import.meta.url));
}
