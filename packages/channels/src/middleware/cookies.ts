/**
 * The cookies of a request and of its answer (RFC 6265).
 * @see Django Channels, `CookieMiddleware`. Differs: code sets a cookie through the scope, for a WebSocket as for HTTP,
 * while the handshake is open.
 */
import { quote } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import { checkOptions } from "../internal/check-options.ts";
import type { Middleware } from "./stack.ts";
import type { ReplyHeaders, RequestHeaders } from "../application/scope.ts";

/** The attributes of a cookie. */
export interface CookieOptions {
  /** The lifetime in seconds; 0 deletes the cookie. Default: until the browser closes. */
  readonly maxAgeSeconds?: number;
  /** Default `/`. */
  readonly path?: string;
  readonly domain?: string;
  /** Send over TLS only. Default false. A name that begins with `__Secure-` or `__Host-` needs it. */
  readonly secure?: boolean;
  /** Hide from scripts. Default true. */
  readonly httpOnly?: boolean;
  /** Default `Lax`. `None` needs `secure`. */
  readonly sameSite?: "Strict" | "Lax" | "None";
}

/** The additions of `cookies()`. */
export interface CookieScope {
  readonly cookies: Cookies;
}

/** The cookies of one request. */
export class Cookies {
  readonly #received: ReadonlyMap<string, string>;
  readonly #reply: ReplyHeaders;

  constructor(header: string | null, reply: ReplyHeaders) {
    this.#received = parseCookies(header ?? "");
    this.#reply = reply;
  }

  /** Returns the decoded value that the client sent; undefined when it sent none. */
  get(name: string): string | undefined {
    return this.#received.get(name);
  }

  /**
   * Adds a cookie to the answer.
   * @returns false when the server has sent the answer already.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the name or an option is not allowed in a header, or
   * browsers would refuse the cookie.
   */
  set(name: string, value: string, options: CookieOptions = {}): boolean {
    return this.#reply.append("Set-Cookie", serializeCookie(name, value, options));
  }

  /** Deletes the cookie with this path and domain. Returns and throws as `set` does. */
  delete(name: string, options: CookieOptions = {}): boolean {
    return this.set(name, "", { ...options, maxAgeSeconds: 0 });
  }
}

/** Returns middleware that adds `scope.cookies`. */
export function cookies(): Middleware<{ readonly headers: RequestHeaders; readonly reply: ReplyHeaders }, CookieScope> {
  return ({ headers, reply }) => ({ cookies: new Cookies(headers.get("cookie"), reply) });
}

/** Parses a `Cookie` header. The first value of a name wins, as in other servers. */
function parseCookies(header: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals === -1) continue;
    const name = pair.slice(0, equals).trim();
    if (name === "" || found.has(name)) continue;
    found.set(name, decodeValue(pair.slice(equals + 1).trim()));
  }
  return found;
}

function decodeValue(value: string): string {
  const bare = value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  if (!bare.includes("%")) return bare;
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}

const SAME_SITE: ReadonlySet<unknown> = new Set(["Strict", "Lax", "None"]);
/** The name of a cookie: a token of RFC 7230. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** The value of `Path` and `Domain`: printable ASCII without `;`, which would end the attribute. */
const ATTRIBUTE = /^[\x20-\x3a\x3c-\x7e]*$/;

/**
 * Returns the value of a `Set-Cookie` header.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the name or an option is not allowed in a header, or
 * browsers would refuse the cookie (RFC 6265bis §5.7).
 */
export function serializeCookie(name: string, value: string, options: CookieOptions = {}): string {
  checkOptions("A cookie", options, ["maxAgeSeconds", "path", "domain", "secure", "httpOnly", "sameSite"]);
  const { maxAgeSeconds, path = "/", domain, secure = false, httpOnly = true, sameSite = "Lax" } = options;
  if (!TOKEN.test(name))
    throw new ConfigurationError(`Expected a cookie name of token characters, got ${quote(name)}.`);
  if (!ATTRIBUTE.test(path) || !ATTRIBUTE.test(domain ?? "")) {
    throw new ConfigurationError(`Expected a cookie path and domain without ";" or control characters.`);
  }
  if (maxAgeSeconds !== undefined && !Number.isFinite(maxAgeSeconds)) {
    throw new ConfigurationError(`Expected \`maxAgeSeconds\` to be a finite number, got ${String(maxAgeSeconds)}.`);
  }
  if (!SAME_SITE.has(sameSite)) {
    throw new ConfigurationError(
      `Expected \`sameSite\` to be "Strict", "Lax" or "None", got ${JSON.stringify(sameSite)}.`,
    );
  }
  if (!secure && (sameSite === "None" || /^__(secure|host)-/i.test(name))) {
    throw new ConfigurationError(
      `Cookie ${quote(name)} with sameSite ${quote(sameSite)}: browsers keep it only when secure.`,
    );
  }
  if (/^__host-/i.test(name) && (path !== "/" || domain !== undefined)) {
    throw new ConfigurationError(`Cookie ${quote(name)} begins with "__Host-": give it the path "/" and no domain.`);
  }
  const parts = [`${name}=${encodeURIComponent(value)}`];
  if (maxAgeSeconds !== undefined) parts.push(`Max-Age=${Math.trunc(maxAgeSeconds)}`);
  parts.push(`Path=${path}`);
  if (domain !== undefined) parts.push(`Domain=${domain}`);
  if (secure) parts.push("Secure");
  if (httpOnly) parts.push("HttpOnly");
  parts.push(`SameSite=${sameSite}`);
  return parts.join("; ");
}
