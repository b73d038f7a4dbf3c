/**
 * Keeps data of a visitor between requests, in sessions.
 *
 * @see Django Channels, `SessionMiddleware`. Differs: every read and every write goes to the store, so a WebSocket
 * needs no call that saves, and a connection notices when its session ends elsewhere.
 */
import { serializeCookie, type CookieOptions, type Cookies, type CookieScope } from "./cookies.ts";
import { SessionTooLateError } from "../errors.ts";
import { checkMethods, checkOptions } from "../internal/check-options.ts";
import type { Middleware } from "./stack.ts";
import type { SubjectScope } from "../application/scope.ts";
import type { SessionData, SessionStore } from "./session-store.ts";

/** The options of `sessions`. */
export interface SessionOptions {
  readonly store: SessionStore;
  /** The name of the cookie. Default `sessionid`. */
  readonly cookieName?: string;
  /** The lifetime of a session and its cookie in seconds, from the last write. Default 1,209,600 (two weeks). */
  readonly maxAgeSeconds?: number;
  /** The path, domain and flags of the cookie. Default: those of `CookieOptions`. */
  readonly cookie?: Omit<CookieOptions, "maxAgeSeconds" | "httpOnly">;
}

/** The additions of `sessions` to a scope. */
export interface SessionScope {
  readonly session: Session;
}

/** Returns the subject of all connections of a session, for `connections`. It is a hash, which does not reveal the key. */
export async function sessionSubject(key: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  return `session:${hex.join("")}`;
}

/** The session of one visitor. The first `set` creates it in the store. Calls run in order, even without `await`. */
export class Session {
  readonly #store: SessionStore;
  readonly #maxAgeSeconds: number;
  readonly #sendKey: (key: string | undefined) => boolean;
  #key: string | undefined;
  /** The key in the cookie of this answer. */
  #sentKey: string | undefined;
  /** Resolves once all calls so far have ended. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    key: string | undefined,
    options: { store: SessionStore; maxAgeSeconds: number; sendKey: (key: string | undefined) => boolean },
  ) {
    this.#key = key;
    this.#store = options.store;
    this.#maxAgeSeconds = options.maxAgeSeconds;
    this.#sendKey = options.sendKey;
  }

  /** Returns the subject of the connections of this session; undefined before the session exists. */
  subject(): Promise<string | undefined> {
    return this.#inOrder(async () => subjectOf(this.#key));
  }

  /** Loads the current value from the store. Returns undefined when there is none. */
  get(name: string): Promise<unknown> {
    return this.#inOrder(async () => {
      const data = await this.#load();
      return data !== undefined && Object.hasOwn(data, name) ? data[name] : undefined;
    });
  }

  /**
   * Stores a JSON value; undefined removes the value. Renews the lifetime of the session and, until the server answers
   * the request, that of its cookie. When the session has ended, even during the write, `set` creates a new session with
   * this value only. When several requests set values at the same time, under any names, the last one may replace the
   * others.
   * @throws {SessionTooLateError} CHANNELS_SESSION_TOO_LATE when there is no session and the answer was sent already.
   */
  set(name: string, value: unknown): Promise<void> {
    return this.#inOrder(async () => {
      const data = { ...(await this.#load()), [name]: value };
      if (this.#key !== undefined && (await this.#store.update(this.#key, data, this.#maxAgeSeconds))) {
        if (this.#sentKey !== this.#key) this.#send(this.#key);
        return;
      }
      this.#key = undefined; // `#newKey` may throw.
      this.#key = this.#newKey();
      await this.#store.create(this.#key, { [name]: value }, this.#maxAgeSeconds);
    });
  }

  /**
   * Gives the session a new key. Call it when the rights of a visitor change. When the session has ended, even during the
   * call, the new session is empty. When `change` throws or the store fails, the session may have ended.
   * @param change Returns the new data from the old, or from `{}`. Default: keeps the data.
   * @returns the old subject; undefined when the session did not exist or has ended.
   * @throws {SessionTooLateError} CHANNELS_SESSION_TOO_LATE when the answer was sent already. The session is unchanged.
   */
  rotate(change: (data: SessionData) => SessionData = (data) => data): Promise<string | undefined> {
    return this.#inOrder(async () => {
      const data = (await this.#load()) ?? {};
      const old = this.#key;
      this.#key = this.#newKey();
      // Deleted first: of several rotations at the same time, the one that deleted the session keeps its data.
      const isOurs = old !== undefined && (await this.#store.delete(old));
      await this.#store.create(this.#key, change(isOurs ? data : {}), this.#maxAgeSeconds);
      return subjectOf(isOurs ? old : undefined);
    });
  }

  /**
   * Ends the session everywhere.
   * @returns the old subject; undefined when the session did not exist.
   */
  clear(): Promise<string | undefined> {
    return this.#inOrder(async () => {
      const old = this.#key;
      if (old !== undefined) await this.#store.delete(old);
      this.#key = undefined;
      this.#sendKey(undefined);
      return subjectOf(old);
    });
  }

  #inOrder<Value>(run: () => Promise<Value>): Promise<Value> {
    const done = this.#last.then(run);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #load(): Promise<SessionData | undefined> {
    if (this.#key === undefined) return undefined;
    const data = await this.#store.load(this.#key);
    // The key is forged, or its session has ended. A new session must have another key.
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
 * Returns middleware that adds `scope.session` and its subject. Needs `cookies()` before it.
 * @example
 * stack(cookies(), sessions({ store: new InMemorySessionStore() }));
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown, the store lacks a method, or browsers
 * would refuse the cookie.
 */
export function sessions(options: SessionOptions): Middleware<CookieScope & SubjectScope, SessionScope & SubjectScope> {
  checkOptions("sessions", options, ["store", "cookieName", "maxAgeSeconds", "cookie"]);
  const { store, cookieName = "sessionid", maxAgeSeconds = 1_209_600, cookie = {} } = options;
  checkOptions("`cookie` of sessions", cookie, ["path", "domain", "secure", "sameSite"]);
  checkMethods("store", store, ["load", "create", "update", "delete"]);
  // Throws for an invalid cookie at the start of the application, not at the first session.
  serializeCookie(cookieName, "", { ...cookie, maxAgeSeconds });
  // A repeated step must use the same session object as its first run.
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
