/** When to try again: soon, then less and less often, and never in step with others. */

/** A server that restarts ends all connections at once; it gets this long until everybody is back. */
const RESTART_SPREAD_MS = 4_000;

/** The first try after anything else comes within this. */
const FIRST_RETRY_MS = 300;
const LONGEST_RETRY_MS = 15_000;
const GROWTH = 1.6;

/**
 * How many milliseconds to wait before a try: anything between nothing and a
 * bound ("full jitter") that grows with every try in vain, up to 15 s.
 *
 * @param attempt 1 for the first try, and so on.
 * @param isRestart Whether it was the server that ended the connection, in order to restart.
 * @param random From 0 up to 1.
 */
export function retryDelayMs(attempt: number, isRestart: boolean, random: number = Math.random()): number {
  const grownMs = FIRST_RETRY_MS * GROWTH ** (attempt - 1);
  return random * Math.min(Math.max(grownMs, isRestart ? RESTART_SPREAD_MS : 0), LONGEST_RETRY_MS);
}
