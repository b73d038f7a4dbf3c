/**
 * Which web pages may open a socket. A browser sends the visitor's cookies with
 * a WebSocket from any page, so the server must look at where it comes from.
 *
 * @see Django Channels, `OriginValidator`. Differs: a client that sends no
 * Origin is no browser and is let in; protocol servers check by default.
 */
import { Denial } from "../application/denial.ts";
import { ConfigurationError, quote } from "../errors.ts";
import type { Middleware } from "./stack.ts";
import type { RequestHeaders } from "../application/scope.ts";

/**
 * `"same-origin"`: only pages of the host that the request was sent to.
 * `"any"`: every page, for sockets without cookies or secrets.
 * A list: origins such as `https://chat.example.com`; `https://*.example.com` stands for every domain
 * below it, of any depth, and not for itself.
 */
export type AllowedOrigins = "same-origin" | "any" | readonly string[];

/** Whether a request with these `Origin` and `Host` headers may open a socket. */
export type OriginCheck = (origin: string | null, host: string | null) => boolean;

/**
 * Compiles the rule.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when it is none of these, or an entry of the list is no origin.
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
 * Denies with 403 what `originCheck` refuses. The host is that of `scope.url`, which a trusted proxy may have named.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when `originCheck` does not know such a rule.
 */
export function requireOrigin(
  allowed: AllowedOrigins,
): Middleware<{ readonly headers: RequestHeaders; readonly url: URL }, object> {
  const isAllowed = originCheck(allowed);
  return ({ headers, url }) => (isAllowed(headers.get("origin"), url.host) ? {} : originDenial());
}

/** The answer to a page of an origin that is not allowed. */
export function originDenial(): Denial {
  return new Denial(403, "Pages of this origin are not allowed here.");
}

/** Whether a page may open a socket. */
type PageCheck = (page: URL) => boolean;

function exactly(entry: string): PageCheck {
  const { origin } = parseEntry(entry, entry);
  return (page) => page.origin === origin;
}

/** `https://*.example.com`, perhaps with a port. */
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
 * Only http and https have pages, and an origin is scheme, host and port alone:
 * `null`, `file:`, rubbish and anything with a user or a path has nothing to compare.
 */
function parse(origin: string): URL | undefined {
  const url = URL.parse(origin);
  const isPage = url?.protocol === "http:" || url?.protocol === "https:";
  return isPage && url.href === `${url.origin}/` ? url : undefined;
}
