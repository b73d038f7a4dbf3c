/**
 * Cookies of a request, and cookies for its answer (RFC 6265).
 * @see Django Channels, `CookieMiddleware`. Differs: setting one goes through
 * the scope, for a WebSocket as for HTTP, as long as the handshake is open.
 */
import { ConfigurationError, quote } from "../errors.ts";
import { checkOptions } from "../internal/check-options.ts";
import type { Middleware } from "./stack.ts";
import type { ReplyHeaders, RequestHeaders } from "../application/scope.ts";

/** Where and for how long a browser keeps a cookie. */
export interface CookieOptions {
  /** Seconds to live; 0 deletes. Default: until the browser closes. */
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

/** What `cookies()` adds to a scope. */
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

  /** The value the client sent, decoded; undefined when it sent none. */
  get(name: string): string | undefined {
    return this.#received.get(name);
  }

  /**
   * Asks the browser to keep a cookie.
   * @returns false when the answer has been sent and the cookie can no longer go out.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when name or options cannot stand in a header, or browsers
   * would not keep the cookie.
   */
  set(name: string, value: string, options: CookieOptions = {}): boolean {
    return this.#reply.append("Set-Cookie", serializeCookie(name, value, options));
  }

  /**
   * Asks the browser to forget a cookie that was set with this path and domain.
   * @returns and throws as `set` does.
   */
  delete(name: string, options: CookieOptions = {}): boolean {
    return this.set(name, "", { ...options, maxAgeSeconds: 0 });
  }
}

/** Adds `scope.cookies`. */
export function cookies(): Middleware<{ readonly headers: RequestHeaders; readonly reply: ReplyHeaders }, CookieScope> {
  return ({ headers, reply }) => ({ cookies: new Cookies(headers.get("cookie"), reply) });
}

/** The first value of each name wins, as servers commonly read them. */
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
/** RFC 7230 token: what a cookie's name may be. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** What `Path` and `Domain` may hold: nothing that would end the attribute or the header. */
const ATTRIBUTE = /^[\x20-\x3a\x3c-\x7e]*$/;

/**
 * One `Set-Cookie` value.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when name or options cannot stand in a header, or browsers
 * would not keep the cookie (RFC 6265bis §5.7).
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
