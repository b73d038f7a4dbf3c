/** Every setting: its flag, its variable, its default, its valid values, and its line in the help. */
import { isTrustedProxyEntry } from "@lobby/channels-node";

/** One setting. The name of its flag is its key in `SETTINGS`. */
export interface Setting<Value> {
  /** The environment variable. */
  readonly variable: string;
  readonly fallback: Value;
  /** A noun phrase for valid values, for error messages. */
  readonly expected: string;
  /** Returns undefined for an invalid text. */
  readonly parse: (text: string) => Value | undefined;
  readonly help: {
    /** A placeholder for the value. */
    readonly value: string;
    /** Anything beside the default that a reader of the help must know. */
    readonly note?: string;
  };
}

/** The settings by the names of their flags. */
export type Settings = {
  readonly host: Setting<string>;
  readonly port: Setting<number>;
  readonly data: Setting<string>;
  readonly "public-url": Setting<URL | undefined>;
  readonly "trust-proxy": Setting<readonly string[]>;
  readonly limits: Setting<"on" | "off">;
  readonly "limits-exempt": Setting<readonly string[]>;
};

/** The settings of this version. */
export const SETTINGS: Settings = {
  host: {
    variable: "LOBBY_HOST",
    fallback: "127.0.0.1",
    expected: "a host name or address",
    parse: (text) => (/^[^\s/]+$/.test(text) ? text : undefined),
    help: { value: "address" },
  },
  port: {
    variable: "LOBBY_PORT",
    fallback: 8000,
    expected: "a port from 0 to 65535",
    parse: (text) => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined),
    help: { value: "number", note: "0 picks a free port" },
  },
  data: {
    variable: "LOBBY_DATA",
    fallback: "./data",
    expected: "a folder",
    parse: (text) => (text === "" ? undefined : text),
    help: { value: "folder" },
  },
  "public-url": {
    variable: "LOBBY_PUBLIC_URL",
    fallback: undefined,
    expected: "an address such as https://chat.example.com",
    parse: parseOrigin,
    help: { value: "address", note: "the address for visitors, such as https://chat.example.com" },
  },
  "trust-proxy": {
    variable: "LOBBY_TRUST_PROXY",
    fallback: [],
    expected: 'addresses or ranges with commas between them, such as "127.0.0.1,10.0.0.0/8"',
    parse: (text) => parseList(text, isTrustedProxyEntry),
    help: { value: "list", note: "proxies whose forwarded headers count, such as 127.0.0.1,10.0.0.0/8" },
  },
  limits: {
    variable: "LOBBY_LIMITS",
    fallback: "on",
    expected: "on or off",
    parse: (text) => (text === "on" || text === "off" ? text : undefined),
    help: { value: "on|off", note: "limits on messages, rooms, guests and connections" },
  },
  "limits-exempt": {
    variable: "LOBBY_LIMITS_EXEMPT",
    fallback: [],
    expected: 'addresses or ranges with commas between them, such as "192.0.2.7,10.0.0.0/8"',
    parse: (text) => parseList(text, (entry) => entry !== "unix" && isTrustedProxyEntry(entry)),
    help: { value: "list", note: "addresses to which only the limits per person apply, such as 10.0.0.0/8" },
  },
};

/** Returns a URL without a path. Rooms have fixed paths, so a path in front of them would have no effect. */
function parseOrigin(text: string): URL | undefined {
  const url = URL.parse(text);
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  return isOrigin ? url : undefined;
}

function parseList(text: string, isValid: (entry: string) => boolean): readonly string[] | undefined {
  const entries = text.split(",").map((entry) => entry.trim());
  return entries.every(isValid) ? entries : undefined;
}
