/**
 * What the server remembers of a visitor between requests.
 *
 * @see Django Channels, `SessionMiddleware`. Differs: every read asks the store
 * and every write goes to it, so nothing has to be saved by hand on a
 * WebSocket, and a session that ended elsewhere is seen to have ended.
 */
import { serializeCookie, type CookieOptions, type Cookies, type CookieScope } from "./cookies.ts";
import { SessionTooLateError } from "../errors.ts";
import { checkMethods, checkOptions } from "../internal/check-options.ts";
import type { Middleware } from "./stack.ts";
import type { SubjectScope } from "../application/scope.ts";
import type { SessionData, SessionStore } from "./session-store.ts";

/** How sessions are kept. */
export interface SessionOptions {
  readonly store: SessionStore;
  /** Default `sessionid`. */
  readonly cookieName?: string;
  /** How long a session and its cookie live after the last write. Default 1,209,600 (two weeks). */
  readonly maxAgeSeconds?: number;
  /** Path, domain and flags of the cookie. */
  readonly cookie?: Omit<CookieOptions, "maxAgeSeconds" | "httpOnly">;
}

/** What `sessions()` adds to a scope. */
export interface SessionScope {
  readonly session: Session;
}

/** The subject of everything that is open in a session; see `closeConnections`. The key cannot be told from it. */
export async function sessionSubject(key: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  return `session:${hex.join("")}`;
}

/**
 * One visitor's session. It begins in the store with the first `set`. What is
 * asked of it is done in the order of asking, so nothing is lost by not waiting.
 */
export class Session {
  readonly #store: SessionStore;
  readonly #maxAgeSeconds: number;
  readonly #sendKey: (key: string | undefined) => boolean;
  #key: string | undefined;
  /** The key that this answer carries. */
  #sentKey: string | undefined;
  /** Resolves when what was asked for so far is done. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    key: string | undefined,
    options: { store: SessionStore; maxAgeSeconds: number; sendKey: (key: string | undefined) => boolean },
  ) {
    this.#key = key;
    this.#store = options.store;
    this.#maxAgeSeconds = options.maxAgeSeconds;
    this.#sendKey = options.sendKey;
  }

  /** The subject of what is open in it; undefined when it has not begun. */
  subject(): Promise<string | undefined> {
    return this.#inTurn(async () => subjectOf(this.#key));
  }

  /** The value as the store has it now. */
  get(name: string): Promise<unknown> {
    return this.#inTurn(async () => {
      const data = await this.#load();
      return data !== undefined && Object.hasOwn(data, name) ? data[name] : undefined;
    });
  }

  /**
   * Stores a value that JSON can hold; undefined removes it. The session and its
   * cookie live their whole time from here on, the cookie as long as the answer is not sent. One that has ended, even
   * while this is written, stays so: a new one begins, with nothing else in it. Of what other requests and connections
   * set at the same time, under whatever names, the last may replace the rest.
   * @throws {SessionTooLateError} CHANNELS_SESSION_TOO_LATE when a session would begin now and the handshake is over.
   */
  set(name: string, value: unknown): Promise<void> {
    return this.#inTurn(async () => {
      const data = { ...(await this.#load()), [name]: value };
      if (this.#key !== undefined && (await this.#store.update(this.#key, data, this.#maxAgeSeconds))) {
        if (this.#sentKey !== this.#key) this.#send(this.#key);
        return;
      }
      this.#key = undefined; // Also when no new one can be sent.
      this.#key = this.#newKey();
      await this.#store.create(this.#key, { [name]: value }, this.#maxAgeSeconds);
    });
  }

  /**
   * Gives the session a new key: call it when a visitor's rights change. Of a session that has ended, even while this
   * is done, nothing is carried over. When `change` throws or the store fails, the session may have ended.
   * @param change What becomes of the data, `{}` when there is none. Default: it stays.
   * @returns the subject that the session had; undefined when it had not begun, or has ended.
   * @throws {SessionTooLateError} CHANNELS_SESSION_TOO_LATE when the handshake is over; nothing has changed.
   */
  rotate(change: (data: SessionData) => SessionData = (data) => data): Promise<string | undefined> {
    return this.#inTurn(async () => {
      const data = (await this.#load()) ?? {};
      const old = this.#key;
      this.#key = this.#newKey();
      // Deleted first: whoever is told that it was there is the only one who carries it over.
      const isOurs = old !== undefined && (await this.#store.delete(old));
      await this.#store.create(this.#key, change(isOurs ? data : {}), this.#maxAgeSeconds);
      return subjectOf(isOurs ? old : undefined);
    });
  }

  /**
   * Ends the session everywhere.
   * @returns the subject that it had; undefined when it had not begun.
   */
  clear(): Promise<string | undefined> {
    return this.#inTurn(async () => {
      const old = this.#key;
      if (old !== undefined) await this.#store.delete(old);
      this.#key = undefined;
      this.#sendKey(undefined);
      return subjectOf(old);
    });
  }

  #inTurn<Value>(run: () => Promise<Value>): Promise<Value> {
    const done = this.#turn.then(run);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #load(): Promise<SessionData | undefined> {
    if (this.#key === undefined) return undefined;
    const data = await this.#store.load(this.#key);
    // A key that the store does not know was never given out, or has ended: it must not come to life again.
    if (data === undefined) this.#key = undefined;
    return data;
  }

  #newKey(): string {
    const key = crypto.randomUUID();
    if (!this.#send(key)) throw new SessionTooLateError();
    return key;
  }

  #send(key: string): boolean {
    this.#sentKey = key;
    return this.#sendKey(key);
  }
}

async function subjectOf(key: string | undefined): Promise<string | undefined> {
  return key === undefined ? undefined : sessionSubject(key);
}

/**
 * Adds `scope.session`, and its subject; needs `cookies()` before it.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown, the store lacks a method, or
 * browsers would not keep such a cookie.
 */
export function sessions(options: SessionOptions): Middleware<CookieScope & SubjectScope, SessionScope & SubjectScope> {
  checkOptions("sessions", options, ["store", "cookieName", "maxAgeSeconds", "cookie"]);
  const { store, cookieName = "sessionid", maxAgeSeconds = 1_209_600, cookie = {} } = options;
  checkOptions("`cookie` of sessions", cookie, ["path", "domain", "secure", "sameSite"]);
  checkMethods("store", store, ["load", "create", "update", "delete"]);
  // What is wrong with the cookie is said when the application is made, not when somebody's session begins.
  serializeCookie(cookieName, "", { ...cookie, maxAgeSeconds });
  // One session per request: a step that runs again must find the same one.
  const opened = new WeakMap<Cookies, Session>();
  return async ({ cookies, subjects }) => {
    const sendKey = (key: string | undefined): boolean =>
      key === undefined
        ? cookies.delete(cookieName, cookie)
        : cookies.set(cookieName, key, { ...cookie, maxAgeSeconds });
    const session = opened.get(cookies) ?? new Session(cookies.get(cookieName), { store, maxAgeSeconds, sendKey });
    opened.set(cookies, session);
    const subject = await session.subject();
    return { session, subjects: subject === undefined ? subjects : [...subjects, subject] };
  };
}
