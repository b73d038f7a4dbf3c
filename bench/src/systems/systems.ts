/** The systems that the benchmark measures, and how to start each. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findDjango } from "../../../scripts/find-program.ts";
import type { WireProtocolName } from "../driver/wire-protocol.ts";
import type { ServerCommand } from "../processes/server-process.ts";

/** The most work that a system does in reasonable time. */
export interface SystemLimits {
  /** The most deliveries in flight to a room; unlimited by default. */
  readonly maxDeliveriesInFlight?: number;
  /** The most connections; unlimited by default. */
  readonly maxConnections?: number;
}

/** A system that the benchmark measures: our framework, one of its peers, or the ceiling of the driver. */
export interface System extends SystemLimits {
  readonly name: string;
  readonly protocol: WireProtocolName;
  /** The command that starts its server, or the reason why the server cannot start here. */
  readonly server: ServerCommand | { readonly absence: string };
  /** Whether it needs the package bench/peers. */
  readonly needsPeerPackage?: boolean;
  /** Scenarios that it cannot run, by name, with the reason. */
  readonly absences?: Readonly<Record<string, string>>;
  /** The only scenarios that it runs; all by default. */
  readonly only?: readonly string[];
}

export const OURS = "@lobby/channels";

/** The root folder of this repository. */
export const ROOT: string = fileURLToPath(new URL("../../..", import.meta.url));

/** The framework's server, by its path in the repository. `--against` starts it at other commits too. */
export const FRAMEWORK_SERVER = "bench/src/servers/channels.ts";

const NO_LAYER = { "two-nodes": "no layer between processes" };
const TOO_SLOW = "far below this rate";

const SYSTEMS: readonly System[] = [
  { name: OURS, protocol: "plain", server: nodeServer(ROOT, FRAMEWORK_SERVER) },
  {
    name: "bun",
    protocol: "plain",
    server: { command: [join(ROOT, "bench/peers/node_modules/.bin/bun"), join(ROOT, "bench/peers/bun.js")] },
    needsPeerPackage: true,
    absences: NO_LAYER,
  },
  { name: "ws", protocol: "plain", server: nodeServer(ROOT, "bench/src/servers/ws.ts"), absences: NO_LAYER },
  { name: "crossws", protocol: "plain", server: nodeServer(ROOT, "bench/peers/crossws.js"), needsPeerPackage: true },
  {
    name: "socket.io",
    protocol: "socket.io",
    server: nodeServer(ROOT, "bench/peers/socket-io.js"),
    needsPeerPackage: true,
  },
  { name: "raw", protocol: "plain", server: nodeServer(ROOT, "bench/src/servers/raw.ts"), only: ["fan-out"] },
];

const DJANGO = {
  name: "django",
  protocol: "plain",
  absences: { latency: TOO_SLOW, "stalled-reader": TOO_SLOW },
  // Larger numbers would take it minutes.
  maxDeliveriesInFlight: 10_000,
  maxConnections: 5_000,
} satisfies Omit<System, "server">;

export const SYSTEM_NAMES: readonly string[] = [...SYSTEMS, DJANGO].map(({ name }) => name);

/**
 * Returns our framework, always first, and the wanted peers.
 * @param wanted Names of systems; empty for all.
 */
export async function findSystems(wanted: readonly string[]): Promise<readonly System[]> {
  const isWanted = ({ name }: { readonly name: string }): boolean =>
    wanted.length === 0 || name === OURS || wanted.includes(name);
  const systems = SYSTEMS.filter(isWanted);
  return isWanted(DJANGO) ? [...systems, { ...DJANGO, server: await djangoServer() }] : systems;
}

/** Returns the command that runs a file of a checkout on Node, with the sources of that checkout's packages. */
export function nodeServer(checkout: string, file: string): ServerCommand {
  return { command: [process.execPath, "--conditions=source", "--expose-gc", join(checkout, file)], cwd: checkout };
}

async function djangoServer(): Promise<System["server"]> {
  try {
    const options = ["--bind", "127.0.0.1", "--port", "0", "--access-log", "/dev/null"];
    const command = [await findDjango(), "-m", "daphne", ...options, "application:application"];
    const env = { PYTHONPATH: join(ROOT, "bench/peers/django"), PYTHONDONTWRITEBYTECODE: "1" };
    return { command, env };
  } catch (error) {
    return { absence: (error as Error).message };
  }
}
