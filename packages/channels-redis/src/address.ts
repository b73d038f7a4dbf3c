/** Reads the URL of Redis. No error shows a user, a password or a whole URL. */
import { isIPv6 } from "node:net";
import { ConfigurationError, describeValue } from "@lobby/channels/layers";

/** A place to connect to: a host and a port, or the path of a unix socket. */
export type Endpoint = { readonly host: string; readonly port: number } | { readonly path: string };

/** The user of a connection. Without a name, Redis uses its default user. */
export interface Login {
  readonly username?: string;
  readonly password: string;
}

/** A primary that sentinels know by a name. */
interface WatchedPrimary {
  readonly name: string;
  readonly sentinels: readonly Endpoint[];
  /** The user of the sentinels. */
  readonly login: Login | undefined;
}

/** The contents of a URL. */
export interface RedisAddress {
  readonly primary: Endpoint | WatchedPrimary;
  readonly isTls: boolean;
  /** The user of the primary. */
  readonly login: Login | undefined;
  readonly database: number;
}

/** What a scheme says. */
interface Scheme {
  readonly isTls: boolean;
  readonly hasSentinels: boolean;
  readonly defaultPort: number;
}

const SCHEMES: Readonly<Record<string, Scheme>> = {
  redis: { isTls: false, hasSentinels: false, defaultPort: 6379 },
  rediss: { isTls: true, hasSentinels: false, defaultPort: 6379 },
  "redis+sentinel": { isTls: false, hasSentinels: true, defaultPort: 26379 },
  "rediss+sentinel": { isTls: true, hasSentinels: true, defaultPort: 26379 },
};
const BEGINNINGS = [...Object.keys(SCHEMES).map((scheme) => `${scheme}://`), "unix:"].join(", ");
/** The scheme, the user, the hosts, the path, the query and the fragment. */
const URL_PARTS = /^([a-z+]+):\/\/(?:([^/?#]*)@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?(#[^]*)?$/i;
/** The user, the path and the query of a socket. */
const SOCKET_PARTS = /^unix:(?:\/\/(?:([^/?#]*)@)?(?=\/))?(\/(?!\/)[^?#]*)(?:\?([^#]*))?(#[^]*)?$/i;
const MAX_PORT = 65_535;

/**
 * Reads a URL: `redis://user:password@host:port/database`, `rediss://` for TLS, `redis+sentinel://host:port,host:port/name`
 * or `unix:/path?db=database`.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when a part is wrong or unknown.
 */
export function parseAddress(url: unknown): RedisAddress {
  checkEnds(url);
  if (typeof url === "string" && /^unix:/i.test(url)) return parseSocket(url);
  const [, name = "", user, hosts = "", path = "", query, fragment = ""] = URL_PARTS.exec(String(url)) ?? [];
  const scheme = typeof url === "string" ? SCHEMES[name.toLowerCase()] : undefined;
  if (scheme === undefined)
    throw new ConfigurationError(`Expected \`url\` to begin with ${BEGINNINGS}, got ${beginningOf(url)}.`);
  checkFragment(fragment);
  if (`${path}${query}`.includes("@")) {
    // A "/" in a password ends the host, so the rest of the password stands in the path.
    refuse(
      'have its last "@" before the host',
      'one behind it. Write "/", "?", "#" and "@" in a password as %2F, %3F, %23 and %40',
    );
  }
  const { isTls, hasSentinels, defaultPort } = scheme;
  const endpoints = hosts.split(",").map((host) => parseHost(host, defaultPort));
  if (!hasSentinels) {
    const [primary] = endpoints;
    if (primary === undefined || endpoints.length > 1) {
      refuse("name one host", `${describeValue(hosts)}. For several sentinels, begin with ${name}+sentinel://`);
    }
    const database = databaseOf(path, parseQuery(query, ["db"]).get("db"));
    return { primary, isTls, login: parseUser(user), database };
  }
  const [, primaryName = "", databasePath = ""] = /^\/([^/]+)(.*)$/s.exec(path) ?? [];
  if (primaryName === "") {
    refuse(`name the primary behind the sentinels, such as ${name}://127.0.0.1:26379/main`, describeValue(path));
  }
  const parameters = parseQuery(query, ["db", "sentinelUsername", "sentinelPassword"]);
  return {
    primary: {
      name: decode(primaryName, "the name of the primary"),
      sentinels: endpoints,
      login: loginOf(parameters.get("sentinelUsername"), parameters.get("sentinelPassword")),
    },
    isTls,
    login: parseUser(user),
    database: databaseOf(databasePath, parameters.get("db")),
  };
}

/** Returns an endpoint as text, for errors and comparisons. */
export function endpointText(endpoint: Endpoint): string {
  if ("path" in endpoint) return `unix:${endpoint.path}`;
  const { host, port } = endpoint;
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

function parseSocket(url: string): RedisAddress {
  const [, user, path, query, fragment = ""] = SOCKET_PARTS.exec(url) ?? [];
  checkFragment(fragment);
  if (path === undefined || path.endsWith("/")) {
    refuse("have the absolute path of a socket, such as unix:/run/redis.sock?db=1", "another form");
  }
  return {
    primary: { path: decode(path, "the path") },
    isTls: false,
    login: parseUser(user),
    database: databaseOf("", parseQuery(query, ["db"]).get("db")),
  };
}

function parseHost(text: string, defaultPort: number): Endpoint {
  const [, bracketed, name, port] = /^(?:\[(.*)\]|([^:[\]]*))(?::([^:\]]*))?$/s.exec(text) ?? [];
  // In a URL, the "%" before the zone of an address is written as %25.
  const host = bracketed?.replace("%25", "%") ?? name;
  if (host === undefined) refuse("have an IPv6 address in brackets, such as redis://[::1]:6379", describeValue(text));
  if (host === "") refuse("name a host", describeValue(text));
  if (bracketed === undefined ? !/^[\p{L}\p{N}._-]+$/u.test(host) : !isIPv6(host)) {
    refuse("have a host name or an IP address", describeValue(host));
  }
  if (port === undefined) return { host, port: defaultPort };
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > MAX_PORT) refuse(`have a port from 1 to ${MAX_PORT}`, describeValue(port));
  return { host, port: number };
}

function parseUser(text = ""): Login | undefined {
  const [, username = "", password] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  return loginOf(decode(username, "the user"), password && decode(password, "the password"));
}

function loginOf(username: string | undefined, password: string | undefined): Login | undefined {
  if (password) return username ? { username, password } : { password };
  if (username) refuse("have a password for its user", "none. A user with `nopass` accepts any password");
  return undefined;
}

/** Returns the parameters of a query. */
function parseQuery(query: string | undefined, known: readonly string[]): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const parameter of query ? query.split("&") : []) {
    const [name = "", value = ""] = parameter.split(/=(.*)/s);
    if (!known.includes(name)) refuse(`have no parameters but ${known.join(", ")}`, describeValue(name));
    if (parameters.has(name)) refuse("have each parameter once", `${describeValue(name)} twice`);
    parameters.set(name, decode(value, `the value of ${name}`));
  }
  return parameters;
}

/** Returns the number of the database, which stands in the path or in the query. */
function databaseOf(path: string, parameter: string | undefined): number {
  const inPath = path.slice(1);
  if (inPath !== "" && parameter !== undefined) {
    refuse("name the database once", `both ${describeValue(path)} and ${describeValue(`db=${parameter}`)}`);
  }
  if (inPath === "" && parameter === undefined) return 0;
  const text = parameter ?? inPath;
  if (!/^\d{1,9}$/.test(text)) {
    refuse("end with the number of a database, such as redis://127.0.0.1:6379/1", describeValue(parameter ?? path));
  }
  return Number(text);
}

/** Refuses the characters around a URL that a file of settings or a shell has left there. */
function checkEnds(url: unknown): void {
  if (typeof url !== "string") return;
  const [found] = /^[\s"'`<]|\s$/.exec(url) ?? [];
  if (found !== undefined) refuse("have no white space and no quotes around it", describeValue(found));
}

function checkFragment(fragment: string): void {
  if (fragment !== "") refuse('have no "#"', 'one. Write "#" in a password as %23');
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse('write "%" as %25', `a "%" in ${part} that begins no code`);
  }
}

/** Describes the beginning of a wrong URL, which has no password. */
function beginningOf(url: unknown): string {
  if (typeof url !== "string") return describeValue(url);
  const [scheme] = /^[a-z][a-z\d+.-]*:\/\//i.exec(url) ?? [];
  if (scheme !== undefined) return describeValue(scheme);
  return url.includes("://") ? 'text before "://" that is no scheme' : 'text without "://"';
}

function refuse(rule: string, got: string): never {
  throw new ConfigurationError(`Expected \`url\` to ${rule}, got ${got}.`);
}
