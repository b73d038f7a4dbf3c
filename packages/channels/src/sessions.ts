/**
 * What the server remembers of a visitor between requests.
 *
 * @see Django Channels, `SessionMiddleware`. Differs: every read asks the store
 * and every write goes to it, so nothing has to be saved by hand on a
 * WebSocket, and a session that ended elsewhere is seen to have ended.
 */
import { serializeCookie, type CookieOptions, type CookieScope } from "./cookies.ts";
import { SessionTooLateError } from "./errors.ts";
import type { Awaitable } from "./application.ts";
import { checkOptions } from "./options.ts";
import type { Middleware } from "./middleware.ts";
import type { SubjectScope } from "./scope.ts";

/** Plain data by name. */
export type SessionData = Readonly<Record<string, unknown>>;

/** Where sessions are kept. Keys are unguessable; whoever knows one has the session. */
export interface SessionStore {
  /** The data under a key; undefined when there is none or it has expired. */
  load(key: string): Awaitable<SessionData | undefined>;
  /** Creates or replaces, to live this many seconds from now. */
  save(key: string, data: SessionData, maxAgeSeconds: number): Awaitable<void>;
  /** No error when there is none. */
  delete(key: string): Awaitable<void>;
}

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
   * cookie live their whole time from here on, the cookie as long as the answer is not sent.
   * @throws {SessionTooLateError} CHANNELS_SESSION_TOO_LATE when the session would begin now and the handshake is over.
   */
  set(name: string, value: unknown): Promise<void> {
    return this.#inTurn(async () => {
      const data = (await this.#load()) ?? {};
      this.#key ??= this.#newKey();
      await this.#store.save(this.#key, { ...data, [name]: value }, this.#maxAgeSeconds);
      if (this.#sentKey !== this.#key) this.#send(this.#key);
    });
  }

  /**
   * Gives the session a new key: call it when a visitor's rights change.
   * @param change What becomes of the data, in the same step. Default: it stays.
   * @returns the subject that the session had; undefined when it had not begun.
   * @throws {SessionTooLateError} CHANNELS_SESSION_TOO_LATE when the handshake is over; nothing has changed.
   */
  rotate(change: (data: SessionData) => SessionData = (data) => data): Promise<string | undefined> {
    return this.#inTurn(async () => {
      const data = change((await this.#load()) ?? {});
      const old = this.#key;
      this.#key = this.#newKey();
      await this.#store.save(this.#key, data, this.#maxAgeSeconds);
      if (old !== undefined) await this.#store.delete(old);
      return subjectOf(old);
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
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown, or browsers would not keep such
 * a cookie.
 */
export function sessions(options: SessionOptions): Middleware<CookieScope & SubjectScope, SessionScope & SubjectScope> {
  checkOptions("sessions", options, ["store", "cookieName", "maxAgeSeconds", "cookie"]);
  const { store, cookieName = "sessionid", maxAgeSeconds = 1_209_600, cookie = {} } = options;
  // What is wrong with the cookie is said when the application is made, not when somebody's session begins.
  serializeCookie(cookieName, "", { ...cookie, maxAgeSeconds });
  return async ({ cookies, subjects }) => {
    const sendKey = (key: string | undefined): boolean =>
      key === undefined
        ? cookies.delete(cookieName, cookie)
        : cookies.set(cookieName, key, { ...cookie, maxAgeSeconds });
    const session = new Session(cookies.get(cookieName), { store, maxAgeSeconds, sendKey });
    const subject = await session.subject();
    return { session, subjects: subject === undefined ? subjects : [...subjects, subject] };
  };
}

/** How many sessions there may be before expired ones are looked for. */
const FIRST_SWEEP_SIZE = 1024;

/** Sessions of one process, gone when it ends: for tests and tutorials. */
export class InMemorySessionStore implements SessionStore {
  readonly #sessions = new Map<string, { readonly data: SessionData; readonly expiresAtMs: number }>();
  readonly #now: () => number;
  #sweepSize = FIRST_SWEEP_SIZE;

  /** @param now The clock, in milliseconds. Default `performance.now`. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  load(key: string): SessionData | undefined {
    const found = this.#sessions.get(key);
    if (found === undefined || found.expiresAtMs > this.#now()) return found?.data;
    this.#sessions.delete(key);
    return undefined;
  }

  save(key: string, data: SessionData, maxAgeSeconds: number): void {
    if (this.#sessions.size >= this.#sweepSize) this.#sweep();
    this.#sessions.set(key, { data, expiresAtMs: this.#now() + maxAgeSeconds * 1000 });
  }

  delete(key: string): void {
    this.#sessions.delete(key);
  }

  /** Sessions that nobody asks for again must not add up. */
  #sweep(): void {
    const nowMs = this.#now();
    for (const [key, { expiresAtMs }] of this.#sessions) if (expiresAtMs <= nowMs) this.#sessions.delete(key);
    this.#sweepSize = Math.max(FIRST_SWEEP_SIZE, this.#sessions.size * 2);
  }
}
