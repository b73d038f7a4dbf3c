/** Flags and environment to one typed config, or an error that says what is wrong. */
import { parseArgs } from "node:util";
import { isTrustedProxyEntry } from "@lobby/channels-node";
import { OperatorError } from "./operator-error.ts";

/** Everything that can be set. */
export interface Config {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** The folder for the database and the secret. */
  readonly dataFolder: string;
  /** Where visitors reach the server, when that is not what their requests say. */
  readonly publicUrl: URL | undefined;
  /** Addresses or ranges of proxies whose forwarded headers count. */
  readonly trustProxy: readonly string[];
}

/** One setting: where it comes from, and what may stand there. */
interface Setting<Value> {
  readonly environment: string;
  readonly fallback: Value;
  /** What to say was expected. */
  readonly expected: string;
  /** Undefined when the text is not what was expected. */
  readonly parse: (text: string) => Value | undefined;
}

function setting<Value>(row: Setting<Value>): Setting<Value> {
  return row;
}

const SETTINGS = {
  host: setting({
    environment: "LOBBY_HOST",
    fallback: "127.0.0.1",
    expected: "a host name or address",
    parse: (text) => (/^[^\s/]+$/.test(text) ? text : undefined),
  }),
  port: setting({
    environment: "LOBBY_PORT",
    fallback: 8000,
    expected: "a port from 0 to 65535",
    parse: (text) => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined),
  }),
  data: setting({
    environment: "LOBBY_DATA",
    fallback: "./data",
    expected: "a folder",
    parse: (text) => (text === "" ? undefined : text),
  }),
  "public-url": setting<URL | undefined>({
    environment: "LOBBY_PUBLIC_URL",
    fallback: undefined,
    expected: "an address such as https://chat.example.com",
    parse: parsePublicUrl,
  }),
  "trust-proxy": setting<readonly string[]>({
    environment: "LOBBY_TRUST_PROXY",
    fallback: [],
    expected: 'addresses or ranges with commas between them, such as "127.0.0.1,10.0.0.0/8"',
    parse: parseProxies,
  }),
} as const;

/** Settings that say where to grow to. To start without what they ask for would lose people's messages. */
const UNSUPPORTED = {
  "database-url": { environment: "DATABASE_URL", instead: "Messages are kept in SQLite in the data folder" },
  "redis-url": { environment: "REDIS_URL", instead: "One process serves everybody" },
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the config of a command. Flags win over the environment, and that over the defaults.
 * @throws {OperatorError} LOBBY_UNKNOWN_FLAG, LOBBY_UNKNOWN_VARIABLE, LOBBY_INVALID_SETTING or
 * LOBBY_UNSUPPORTED_SETTING.
 */
export function readConfig(flags: readonly string[], environment: Environment): Config {
  const given = readFlags(flags);
  refuseUnknownVariables(environment);
  for (const [name, { environment: variable, instead }] of Object.entries(UNSUPPORTED)) {
    const source = given[name] !== undefined ? `--${name}` : environment[variable] ? variable : undefined;
    if (source === undefined) continue;
    const advice = `${instead} in this version. Start without ${source}.`;
    throw new OperatorError("LOBBY_UNSUPPORTED_SETTING", `${source} is set, but not supported. ${advice}`);
  }
  const read = <Value>(name: keyof typeof SETTINGS, row: Setting<Value>): Value => {
    const flag = given[name];
    const text = flag ?? environment[row.environment];
    if (text === undefined) return row.fallback;
    const value = row.parse(text);
    if (value !== undefined) return value;
    const source = flag === undefined ? row.environment : `--${name}`;
    throw new OperatorError("LOBBY_INVALID_SETTING", `Expected ${source} to be ${row.expected}, got "${text}".`);
  };
  return {
    host: read("host", SETTINGS.host),
    port: read("port", SETTINGS.port),
    dataFolder: read("data", SETTINGS.data),
    publicUrl: read("public-url", SETTINGS["public-url"]),
    trustProxy: read("trust-proxy", SETTINGS["trust-proxy"]),
  };
}

function readFlags(flags: readonly string[]): Readonly<Record<string, string | undefined>> {
  const names = [...Object.keys(SETTINGS), ...Object.keys(UNSUPPORTED)];
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" } as const]));
  try {
    return parseArgs({ args: [...flags], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const known = Object.keys(SETTINGS)
      .map((name) => `--${name}`)
      .join(", ");
    // The first sentence says what is wrong; what was given may have periods of its own.
    const [what] = (error as Error).message.split(/\.?\n|(?<=')\. /);
    throw new OperatorError("LOBBY_UNKNOWN_FLAG", `${what}. Lobby takes ${known}, each with a value.`);
  }
}

/** A variable with our prefix is meant for us: without its value, people would get another server than they asked for. */
function refuseUnknownVariables(environment: Environment): void {
  const known = Object.values(SETTINGS).map((row) => row.environment);
  const isUnknown = (name: string): boolean => name.startsWith("LOBBY_") && !known.some((one) => one === name);
  const unknown = Object.keys(environment).find((name) => environment[name] !== undefined && isUnknown(name));
  if (unknown === undefined) return;
  const [nearest] = known.toSorted((one, other) => editDistance(unknown, one) - editDistance(unknown, other));
  const advice = `Did you mean ${nearest}? \`lobby help\` lists them all.`;
  throw new OperatorError("LOBBY_UNKNOWN_VARIABLE", `${unknown} is set, but there is no such setting. ${advice}`);
}

/** How many characters must be added, removed or replaced to make one text of the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, character] of Array.from(from).entries()) {
    const next = [line + 1];
    for (const [index, cost] of row.slice(0, -1).entries()) {
      const replaced = cost + (character === to[index] ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** An origin: pages live below `/chat/`, so a path would have no meaning. */
function parsePublicUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  return isOrigin ? url : undefined;
}

function parseProxies(text: string): readonly string[] | undefined {
  const entries = text.split(",").map((entry) => entry.trim());
  return entries.every(isTrustedProxyEntry) ? entries : undefined;
}
