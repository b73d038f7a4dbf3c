/**
 * Stores sessions. Several processes serve the requests and connections of one visitor at the same time. So a store
 * checks and writes in one step, and no process can restore a session that has ended.
 */
import type { Awaitable } from "../internal/promise.ts";

/** The data of a session: JSON values by name. */
export type SessionData = Readonly<Record<string, unknown>>;

/** A store of sessions. A key is a secret, because it gives access to its session. */
export interface SessionStore {
  /** Returns the data of a session; undefined when the store has none or the session has expired. */
  load(key: string): Awaitable<SessionData | undefined>;
  /** Stores the data of a new session, which expires after this many seconds. */
  create(key: string, data: SessionData, maxAgeSeconds: number): Awaitable<void>;
  /**
   * Replaces the data of a session, which then expires after this many seconds. Stores nothing when the session does
   * not exist or has expired. The check and the write must be one step.
   * @returns whether the session existed and had not expired.
   */
  update(key: string, data: SessionData, maxAgeSeconds: number): Awaitable<boolean>;
  /**
   * Deletes a session.
   * @returns whether the session existed, expired or not. Of several concurrent calls, exactly one returns true.
   */
  delete(key: string): Awaitable<boolean>;
}

/** The number of sessions at which the store first removes expired sessions. */
const FIRST_SWEEP_SIZE = 1024;

/** A store that keeps sessions in the memory of one process, for tests and tutorials. */
export class InMemorySessionStore implements SessionStore {
  readonly #sessions = new Map<string, { readonly data: SessionData; readonly expiresAtMs: number }>();
  readonly #now: () => number;
  #sweepSize = FIRST_SWEEP_SIZE;

  /** @param now Returns the time in milliseconds. Default `performance.now`. */
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
    const exists = this.load(key) !== undefined;
    if (exists) this.create(key, data, maxAgeSeconds);
    return exists;
  }

  delete(key: string): boolean {
    return this.#sessions.delete(key);
  }

  /** Removes expired sessions, so that abandoned sessions use no memory. */
  #sweep(): void {
    const nowMs = this.#now();
    for (const [key, { expiresAtMs }] of this.#sessions) if (expiresAtMs <= nowMs) this.#sessions.delete(key);
    this.#sweepSize = Math.max(FIRST_SWEEP_SIZE, this.#sessions.size * 2);
  }
}
