/**
 * The check of the `Origin` header. A browser sends the visitor's cookies with a WebSocket from every page, so the
 * server decides which pages may open one.
 *
 * @see Django Channels, `OriginValidator`. Differs: the check passes a client without an Origin, which is not a
 * browser, and protocol servers check by default.
 */
import { Denial } from "../application/denial.ts";
import { quote } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import type { Middleware } from "./stack.ts";
import type { RequestHeaders } from "../application/scope.ts";

/**
 * The pages that may open a socket. `"same-origin"`: pages of the host in the request. `"any"`: every page, for sockets
 * without cookies or secrets. A list: origins such as `https://chat.example.com`; `https://*.example.com` stands for
 * all its subdomains at any depth, but not for itself.
 */
export type AllowedOrigins = "same-origin" | "any" | readonly string[];

/** A function that returns whether a request with these `Origin` and `Host` headers may open a socket. */
export type OriginCheck = (origin: string | null, host: string | null) => boolean;

/**
 * Compiles a rule into a check.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the rule has another form, or an entry of the list is not an
 * origin.
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
  const entries = allowed.map(String).map((entry) => (entry.includes("*") ? domainsBelow(entry) : exactly(entry)));
  return (origin) => {
    const page = origin === null ? undefined : parse(origin);
    return origin === null || (page !== undefined && entries.some((matches) => matches(page)));
  };
}

/**
 * Returns middleware that denies a request with 403 when `originCheck` refuses it. Takes the host from `scope.url`,
 * which a trusted proxy may have set.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION as `originCheck` does.
 */
export function requireOrigin(
  allowed: AllowedOrigins,
): Middleware<{ readonly headers: RequestHeaders; readonly url: URL }, object> {
  const isAllowed = originCheck(allowed);
  return ({ headers, url }) => (isAllowed(headers.get("origin"), url.host) ? {} : originDenial());
}

/** Returns the answer to a page of another origin. */
export function originDenial(): Denial {
  return new Denial(403, "Pages of this origin are not allowed here.");
}

/** A function that returns whether a page matches an entry of the list. */
type PageCheck = (page: URL) => boolean;

function exactly(entry: string): PageCheck {
  const { origin } = parseEntry(entry, entry);
  return (page) => page.origin === origin;
}

/** Compiles an entry such as `https://*.example.com`, with or without a port. */
function domainsBelow(entry: string): PageCheck {
  const { protocol, host } = parseEntry(entry, entry.replace("://*.", "://"));
  return (page) => page.protocol === protocol && page.host.endsWith(`.${host}`);
}

function parseEntry(entry: string, origin: string): URL {
  const url = origin.includes("*") ? undefined : parse(origin);
  if (url !== undefined && (url.origin === origin || url.href === origin)) return url;
  throw new ConfigurationError(
    `Expected an origin such as "https://chat.example.com" or "https://*.example.com", got ${quote(entry)}.`,
  );
}

/**
 * Parses an origin. Returns undefined for text that is not scheme, host and port of http or https alone, such as
 * `null`, `file:`, or a URL with a user or a path.
 */
function parse(origin: string): URL | undefined {
  const url = URL.parse(origin);
  const isPage = url?.protocol === "http:" || url?.protocol === "https:";
  return isPage && url.href === `${url.origin}/` ? url : undefined;
}
