/**
 * Checks the `Origin` header. A browser sends the visitor's cookies with a WebSocket from every page, so the
 * server decides which pages may open one.
 *
 * @see Django Channels, `OriginValidator`. Differs: the check allows a request without an Origin, because
 * browsers always send one with a WebSocket, and protocol servers check by default.
 */
import { Denial } from "../application/denial.ts";
import { describeValue } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import type { Middleware } from "./stack.ts";
import type { RequestHeaders } from "../application/scope.ts";

/**
 * The pages that may open a socket. `"same-origin"`: pages of the host in the request. `"any"`: every page, for sockets
 * without cookies or secrets. A list: pages of origins such as `https://chat.example.com`. In a list,
 * `https://*.example.com` stands for every subdomain of `example.com`, at any depth, and excludes `example.com`. A list
 * may also name the origins of apps and browser extensions, such as `capacitor://localhost`,
 * `chrome-extension://<id>`, `file://` and `null`. Each allows exactly this text.
 */
export type AllowedOrigins = "same-origin" | "any" | readonly string[];

/** A function that returns whether a request with these `Origin` and `Host` headers may open a socket. */
export type OriginCheck = (origin: string | null, host: string | null) => boolean;

/**
 * Returns a check for a rule.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the rule is not one of these forms, or an entry of the list is
 * not an origin.
 */
export function originCheck(allowed: AllowedOrigins): OriginCheck {
  if (allowed === "any") return () => true;
  if (allowed === "same-origin") {
    return (origin, host) => {
      if (origin === null) return true;
      const page = parse(origin);
      return page !== undefined && host !== null && page.host === parse(`${page.protocol}//${host}`)?.host;
    };
  }
  if (!Array.isArray(allowed)) {
    throw new ConfigurationError(
      `Expected \`allowedOrigins\` to be "same-origin", "any" or a list of origins, got \`${String(allowed)}\`.`,
    );
  }
  const entries = allowed as readonly unknown[];
  const apps = new Set(entries.filter(isAppOrigin));
  const checks = entries.filter((entry) => !isAppOrigin(entry)).map(pageCheck);
  return (origin) => {
    if (origin === null || apps.has(origin)) return true;
    const page = parse(origin);
    return page !== undefined && checks.some((matches) => matches(page));
  };
}

/**
 * The origin of an app, an extension or a file, or the one of pages without an origin. URLs have other rules for the
 * schemes of the web, which `parse` knows.
 */
const APP_ORIGIN = /^(?:null|file:\/\/|(?!(?:https?|wss?|ftp|file):)[a-z][a-z\d+.-]*:\/\/[^\s/\\?#@*"',]+)$/;

function isAppOrigin(entry: unknown): entry is string {
  return typeof entry === "string" && APP_ORIGIN.test(entry);
}

/**
 * Returns middleware that denies pages of other origins with 403. Reads the host from `scope.url`, which may come from a
 * trusted proxy.
 * @example
 * const ours = stack(requireOrigin(["https://www.example.com"]));
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the rule is not one of the forms of `AllowedOrigins`, or an
 * entry of the list is not an origin.
 */
export function requireOrigin(
  allowed: AllowedOrigins,
): Middleware<{ readonly headers: RequestHeaders; readonly url: URL }, object> {
  const isAllowed = originCheck(allowed);
  return ({ headers, url }) => (isAllowed(headers.get("origin"), url.host) ? {} : originDenial());
}

/** Returns the denial of a page of another origin. */
export function originDenial(): Denial {
  return new Denial(403, "Pages of this origin are not allowed here.");
}

/** A function that returns whether a page matches one entry of a list. */
type PageCheck = (page: URL) => boolean;

/** Returns the check for an entry that is the origin of a page, or of all subdomains of one. */
function pageCheck(entry: unknown): PageCheck {
  if (typeof entry !== "string") throw malformed(entry);
  return entry.includes("*") ? domainsBelow(entry) : exactly(entry);
}

function exactly(entry: string): PageCheck {
  const { origin } = parseEntry(entry, entry);
  return (page) => page.origin === origin;
}

/** Returns the check for an entry such as `https://*.example.com`, with or without a port. */
function domainsBelow(entry: string): PageCheck {
  const { protocol, host } = parseEntry(entry, entry.replace("://*.", "://"));
  return (page) => page.protocol === protocol && page.host.endsWith(`.${host}`);
}

function parseEntry(entry: string, origin: string): URL {
  const url = origin.includes("*") ? undefined : parse(origin);
  if (url === undefined || (url.origin !== origin && url.href !== origin)) throw malformed(entry);
  return url;
}

function malformed(entry: unknown): ConfigurationError {
  return new ConfigurationError(
    'Expected an origin such as "https://chat.example.com", "https://*.example.com" or "capacitor://localhost", ' +
      `without a path, got ${describeValue(entry)}.`,
  );
}

/**
 * Parses an origin. Returns undefined for any text except the scheme, host and port of an http or https URL: for `null`,
 * `file:`, or a URL with a user or a path.
 */
function parse(origin: string): URL | undefined {
  const url = URL.parse(origin);
  const isPage = url?.protocol === "http:" || url?.protocol === "https:";
  return isPage && url.href === `${url.origin}/` ? url : undefined;
}
