import { parseArgs } from "node:util";
import { editDistance } from "./edit-distance.ts";
import { OperatorError } from "../shared/operator-error.ts";
import { SETTINGS, type Setting, type Settings } from "./settings.ts";

/** The values of all settings. */
export interface Config {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** The folder of the database and the secret. */
  readonly dataFolder: string;
  /** The address at which visitors reach the server. Undefined: the one of each request. */
  readonly publicUrl: URL | undefined;
  /** Addresses or ranges of proxies whose forwarded headers count. */
  readonly trustProxy: readonly string[];
  /** Whether the limits on people, networks and all visitors together apply. */
  readonly limits: "on" | "off";
  /** Addresses or ranges to which only the limits per person apply. */
  readonly limitsExempt: readonly string[];
}

/**
 * Settings of a later version. Lobby refuses to start with them, because a server that ignored them would keep
 * messages in another place than the operator expects.
 */
const UNSUPPORTED = {
  "database-url": { variable: "DATABASE_URL", behavior: "It keeps messages in SQLite in the data folder." },
  "redis-url": { variable: "REDIS_URL", behavior: "It runs as a single process." },
} as const;

type Environment = Readonly<Record<string, string | undefined>>;
type Flags = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration of a command. A flag overrides the environment, which overrides the default.
 * @throws {OperatorError} LOBBY_UNKNOWN_FLAG, LOBBY_UNKNOWN_VARIABLE, LOBBY_UNSUPPORTED_SETTING or
 * LOBBY_INVALID_SETTING.
 */
export function readConfig(args: readonly string[], environment: Environment): Config {
  const flags = readFlags(args);
  refuseUnknownVariables(environment);
  refuseUnsupported(flags, environment);
  return {
    host: readSetting("host", SETTINGS.host, flags, environment),
    port: readSetting("port", SETTINGS.port, flags, environment),
    dataFolder: readSetting("data", SETTINGS.data, flags, environment),
    publicUrl: readSetting("public-url", SETTINGS["public-url"], flags, environment),
    trustProxy: readSetting("trust-proxy", SETTINGS["trust-proxy"], flags, environment),
    limits: readSetting("limits", SETTINGS.limits, flags, environment),
    limitsExempt: readSetting("limits-exempt", SETTINGS["limits-exempt"], flags, environment),
  };
}

function readFlags(args: readonly string[]): Flags {
  const names = [...Object.keys(SETTINGS), ...Object.keys(UNSUPPORTED)];
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" } as const]));
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const known = Object.keys(SETTINGS).map((name) => `--${name}`);
    // Node explains the problem in the first sentence. The quoted argument can contain periods too.
    const [problem] = (error as Error).message.split(/\.?\n|(?<=')\. /);
    throw new OperatorError("LOBBY_UNKNOWN_FLAG", `${problem}. Lobby accepts ${known.join(", ")}, each with a value.`);
  }
}

function readSetting<Value>(
  name: keyof Settings,
  setting: Setting<Value>,
  flags: Flags,
  environment: Environment,
): Value {
  const { variable, fallback, expected, parse } = setting;
  const flag = flags[name];
  const text = flag ?? environment[variable];
  if (text === undefined) return fallback;
  const value = parse(text);
  if (value !== undefined) return value;
  const source = flag === undefined ? variable : `--${name}`;
  throw new OperatorError("LOBBY_INVALID_SETTING", `Expected ${source} to be ${expected}, got "${text}".`);
}

function refuseUnsupported(flags: Flags, environment: Environment): void {
  for (const [name, { variable, behavior }] of Object.entries(UNSUPPORTED)) {
    const source = flags[name] !== undefined ? `--${name}` : environment[variable] ? variable : undefined;
    if (source === undefined) continue;
    throw new OperatorError(
      "LOBBY_UNSUPPORTED_SETTING",
      `This version of Lobby does not support ${source}. ${behavior} Start without ${source}.`,
    );
  }
}

/** A variable with Lobby's prefix is meant for Lobby. A server that ignored it would differ from the expected one. */
function refuseUnknownVariables(environment: Environment): void {
  const known = Object.values<Setting<unknown>>(SETTINGS).map(({ variable }) => variable);
  const isUnknown = (name: string): boolean => name.startsWith("LOBBY_") && !known.includes(name);
  const unknown = Object.keys(environment).find((name) => environment[name] !== undefined && isUnknown(name));
  if (unknown === undefined) return;
  const [nearest] = known.toSorted((one, other) => editDistance(unknown, one) - editDistance(unknown, other));
  throw new OperatorError(
    "LOBBY_UNKNOWN_VARIABLE",
    `Lobby has no setting ${unknown}. Did you mean ${nearest}? \`lobby help\` lists every setting.`,
  );
}
