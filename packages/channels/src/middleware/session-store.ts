/**
 * Where sessions are kept. Requests and connections of one visitor come at the
 * same time, on several processes, so it is the store that says, in one step,
 * whether a session was still there: what has ended must not be written back.
 */
import type { Awaitable } from "../internal/promise.ts";

/** Plain data by name. */
export type SessionData = Readonly<Record<string, unknown>>;

/** Where sessions are kept. Keys are unguessable; whoever knows one has the session. */
export interface SessionStore {
  /** The data under a key; undefined when there is none or it has expired. */
  load(key: string): Awaitable<SessionData | undefined>;
  /** Keeps data under a key that is new, to live this many seconds from now. */
  create(key: string, data: SessionData, maxAgeSeconds: number): Awaitable<void>;
  /**
   * Replaces data that is there and has not expired, to live this many seconds from now.
   * @returns whether there was any; otherwise nothing is kept. To look and to replace has to be one step.
   */
  update(key: string, data: SessionData, maxAgeSeconds: number): Awaitable<boolean>;
  /**
   * Ends a session. No error when there is none.
   * @returns whether there was one, expired or not: of several calls at the same time, one is told so.
   */
  delete(key: string): Awaitable<boolean>;
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

  create(key: string, data: SessionData, maxAgeSeconds: number): void {
    if (this.#sessions.size >= this.#sweepSize) this.#sweep();
    this.#sessions.set(key, { data, expiresAtMs: this.#now() + maxAgeSeconds * 1000 });
  }

  update(key: string, data: SessionData, maxAgeSeconds: number): boolean {
    const isThere = this.load(key) !== undefined;
    if (isThere) this.create(key, data, maxAgeSeconds);
    return isThere;
  }

  delete(key: string): boolean {
    return this.#sessions.delete(key);
  }

  /** Sessions that nobody asks for again must not add up. */
  #sweep(): void {
    const nowMs = this.#now();
    for (const [key, { expiresAtMs }] of this.#sessions) if (expiresAtMs <= nowMs) this.#sessions.delete(key);
    this.#sweepSize = Math.max(FIRST_SWEEP_SIZE, this.#sessions.size * 2);
  }
}
