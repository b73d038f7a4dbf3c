import { describeValue } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import { checkLimits } from "../internal/check-limits.ts";
import { checkFunction, checkOptions } from "../internal/check-options.ts";

/** The options of a `RateLimit`. */
export interface RateLimitOptions {
  /** How often something may happen at once, an integer from 1 up. */
  readonly burst: number;
  /** How often it may happen per second after that, a number above 0. */
  readonly perSecond: number;
  /** The number of keys with a score of their own, an integer from 1 up. Further keys share one. Default 100,000. */
  readonly maxKeys?: number;
  /** Returns the current time in milliseconds, for tests. Default: a clock that never jumps. */
  readonly nowMs?: () => number;
}

/** The score of a key at a time. It falls by the rate of the limit. */
interface Score {
  value: number;
  atMs: number;
}

/** Absorbs the rounding of fractions: a caller that waited for the returned time has waited long enough. */
const ROUNDING = 1e-9;

/**
 * A limit on how often something may happen, for each of many keys, such as the networks of clients: `burst` at once, then
 * `perSecond`.
 *
 * Its memory is bounded. It forgets a score only after the score has fallen to zero, so nobody can reset a score with a
 * flood of other keys. Keys above the maximum share one score.
 *
 * @example
 * const messages = new RateLimit({ burst: 10, perSecond: 1 });
 * const retryAfterMs = messages.take(networkOf(scope.client.address));
 * if (retryAfterMs > 0) this.sendJson({ error: { code: "TOO_FAST", retryAfterMs } });
 */
export class RateLimit {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #maxKeys: number;
  readonly #nowMs: () => number;
  /** The time in which the highest score falls to zero. */
  readonly #decayMs: number;
  /** The scores that changed since the last rotation. */
  #recent = new Map<string, Score>();
  /** The other scores that changed since the rotation before it. After `#decayMs` each of them is zero. */
  #older = new Map<string, Score>();
  #rotatedAtMs: number;
  /** The score of all keys above the maximum. */
  readonly #shared: Score = { value: 0, atMs: 0 };

  /** @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range. */
  constructor(options: RateLimitOptions) {
    checkOptions("A RateLimit", options, ["burst", "perSecond", "maxKeys", "nowMs"]);
    const { burst, perSecond, maxKeys = 100_000, nowMs = () => performance.now() } = options;
    checkLimits({ burst, maxKeys });
    if (!(Number.isFinite(perSecond) && perSecond > 0)) {
      throw new ConfigurationError(`Expected \`perSecond\` to be a number above 0, got ${describeValue(perSecond)}.`);
    }
    checkFunction("nowMs", nowMs);
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#maxKeys = maxKeys;
    this.#nowMs = nowMs;
    this.#decayMs = (burst / perSecond) * 1000;
    this.#rotatedAtMs = nowMs();
  }

  /** The number of keys with a score of their own. */
  get size(): number {
    return this.#recent.size + this.#older.size;
  }

  /**
   * Counts one for a key, unless that exceeds the limit.
   * @param perSecond The rate of this key at this time, at least the rate of the limit. Default: the rate of the limit.
   * @returns 0 when it counted; otherwise the time after which the same call succeeds, in whole milliseconds.
   */
  take(key: string, perSecond: number = this.#perSecond): number {
    const nowMs = this.#rotate();
    const score = this.#find(key);
    const value = valueAt(score, nowMs, perSecond);
    const waitMs = this.#waitMs(value, perSecond);
    if (waitMs > 0) return waitMs;
    score.value = value + 1;
    score.atMs = nowMs;
    if (score !== this.#shared) {
      this.#older.delete(key);
      this.#recent.set(key, score);
    }
    return 0;
  }

  /** Returns the result that `take` would have now, and counts nothing. */
  waitMs(key: string, perSecond: number = this.#perSecond): number {
    const nowMs = this.#rotate();
    return this.#waitMs(valueAt(this.#find(key), nowMs, perSecond), perSecond);
  }

  /** Returns the score of a key. A new score is not in the maps yet. */
  #find(key: string): Score {
    const known = this.#recent.get(key) ?? this.#older.get(key);
    if (known !== undefined) return known;
    return this.size < this.#maxKeys ? { value: 0, atMs: 0 } : this.#shared;
  }

  #waitMs(value: number, perSecond: number): number {
    const excess = value + 1 - this.#burst;
    return excess <= ROUNDING ? 0 : Math.ceil((excess / perSecond) * 1000 - ROUNDING);
  }

  /** Forgets the scores that have fallen to zero, a whole map at a time. @returns The current time. */
  #rotate(): number {
    const nowMs = this.#nowMs();
    const passedMs = nowMs - this.#rotatedAtMs;
    if (passedMs >= 0 && passedMs < this.#decayMs) return nowMs;
    this.#rotatedAtMs = nowMs;
    // A clock that the operator set back says nothing about the age of the scores.
    if (passedMs < 0) return nowMs;
    this.#older = passedMs < 2 * this.#decayMs ? this.#recent : new Map();
    this.#recent = new Map();
    return nowMs;
  }
}

function valueAt({ value, atMs }: Score, nowMs: number, perSecond: number): number {
  return Math.max(0, value - (Math.max(0, nowMs - atMs) / 1000) * perSecond);
}
