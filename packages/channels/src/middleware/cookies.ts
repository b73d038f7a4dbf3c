/**
 * Reads the cookies of a request, and sets cookies with its answer (RFC 6265).
 * @see Django Channels, `CookieMiddleware`. Differs: a WebSocket can set cookies as well, through the scope, until the
 * server answers its handshake.
 */
import { describeValue, quote } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import { checkOptions } from "../internal/check-options.ts";
import type { Middleware } from "./stack.ts";
import type { ReplyHeaders, RequestHeaders } from "../application/scope.ts";

/** The attributes of a cookie. */
export interface CookieOptions {
  /** The lifetime in seconds; 0 deletes the cookie. Default: the cookie lasts until the browser closes. */
  readonly maxAgeSeconds?: number;
  /** The path under which browsers send the cookie. Default `/`. */
  readonly path?: string;
  /** The domain that receives the cookie, with its subdomains. Default: only the host that sets it. */
  readonly domain?: string;
  /** Whether browsers send the cookie over TLS only. Required for names with `__Secure-` or `__Host-`. Default false. */
  readonly secure?: boolean;
  /** Whether browsers hide the cookie from scripts. Default true. */
  readonly httpOnly?: boolean;
  /** Whether browsers send the cookie with requests from other sites. `None` requires `secure`. Default `Lax`. */
  readonly sameSite?: "Strict" | "Lax" | "None";
}

/** The additions of `cookies` to a scope. */
export interface CookieScope {
  readonly cookies: Cookies;
}

/** The cookies of one request and its answer. */
export class Cookies {
  readonly #header: string;
  readonly #reply: ReplyHeaders;

  constructor(header: string | null, reply: ReplyHeaders) {
    this.#header = header ?? "";
    this.#reply = reply;
  }

  /** Returns the decoded value of a cookie that the client sent, the first one of several; undefined for other names. */
  get(name: string): string | undefined {
    const [first] = valuesOf(this.#header, name);
    return first;
  }

  /**
   * Returns the decoded values of all cookies of one name, in the order of the header; an empty list for other names.
   * Browsers send one for each path and domain, so that a page of another host of the domain can add one. Check each of
   * them when a wrong first value must not hide yours.
   */
  getAll(name: string): readonly string[] {
    return [...valuesOf(this.#header, name)];
  }

  /**
   * Adds a cookie to the answer. Encodes the value, so that it may be any text.
   * @returns whether the answer has the cookie: false when the server has sent the answer already.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown, the name or an option is not allowed
   * in a header, the value is not well-formed text, or browsers would refuse the cookie.
   */
  set(name: string, value: string, options: CookieOptions = {}): boolean {
    return this.#reply.append("Set-Cookie", serializeCookie(name, value, options));
  }

  /** Deletes the cookie with this name, path and domain. Returns and throws as `set` does. */
  delete(name: string, options: CookieOptions = {}): boolean {
    return this.set(name, "", { ...options, maxAgeSeconds: 0 });
  }
}

/** Returns middleware that adds `scope.cookies`. */
export function cookies(): Middleware<{ readonly headers: RequestHeaders; readonly reply: ReplyHeaders }, CookieScope> {
  return ({ headers, reply }) => ({ cookies: new Cookies(headers.get("cookie"), reply) });
}

/** Yields the values of all cookies of one name in a `Cookie` header. */
function* valuesOf(header: string, name: string): Generator<string, void> {
  if (name === "") return;
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals !== -1 && pair.slice(0, equals).trim() === name) yield decodeValue(pair.slice(equals + 1).trim());
  }
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
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown, the name or an option is not allowed in
 * a header, the value is not well-formed text, or browsers would refuse the cookie (RFC 6265bis §5.7).
 */
export function serializeCookie(name: string, value: string, options: CookieOptions = {}): string {
  checkOptions("A cookie", options, ["maxAgeSeconds", "path", "domain", "secure", "httpOnly", "sameSite"]);
  const { maxAgeSeconds, path = "/", domain, secure = false, httpOnly = true, sameSite = "Lax" } = options;
  if (typeof name !== "string" || !TOKEN.test(name)) {
    throw new ConfigurationError(
      `Expected a cookie name of letters, digits and the characters !#$%&'*+-.^_\`|~, got ${describeValue(name)}.`,
    );
  }
  checkValue(name, value);
  for (const [attribute, text] of Object.entries({ path, domain })) {
    if (text === undefined || (typeof text === "string" && ATTRIBUTE.test(text))) continue;
    throw new ConfigurationError(
      `Expected \`${attribute}\` of a cookie to be ASCII without ";" or control characters, got ${describeValue(text)}.`,
    );
  }
  if (maxAgeSeconds !== undefined && !Number.isFinite(maxAgeSeconds)) {
    throw new ConfigurationError(
      `Expected \`maxAgeSeconds\` to be a finite number, got ${describeValue(maxAgeSeconds)}.`,
    );
  }
  if (!SAME_SITE.has(sameSite)) {
    throw new ConfigurationError(
      `Expected \`sameSite\` to be "Strict", "Lax" or "None", got ${describeValue(sameSite)}.`,
    );
  }
  if (!secure && (sameSite === "None" || /^__(secure|host)-/i.test(name))) {
    throw new ConfigurationError(
      `Expected the cookie ${quote(name)} with sameSite ${quote(sameSite)} to be \`secure\`: browsers refuse it otherwise.`,
    );
  }
  if (/^__host-/i.test(name) && (path !== "/" || domain !== undefined)) {
    throw new ConfigurationError(
      `Expected the cookie ${quote(name)} to have the path "/" and no domain: browsers require both for "__Host-".`,
    );
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

/** Throws unless the value is well-formed text. The error does not show a text, which may be a secret. */
function checkValue(name: string, value: unknown): void {
  if (typeof value === "string" && value.isWellFormed()) return;
  const got = typeof value === "string" ? "text with a lone surrogate" : describeValue(value);
  throw new ConfigurationError(`Expected the value of the cookie ${quote(name)} to be well-formed text, got ${got}.`);
}
