/** A restart closes all connections at once. The clients spread their reconnects over this time. */
const RESTART_SPREAD_MS = 4_000;

/** The longest delay before the first retry after any other failure. */
const INITIAL_RETRY_DELAY_MS = 300;
const MAX_RETRY_DELAY_MS = 15_000;
const GROWTH = 1.6;

/**
 * Returns the delay before a retry, in milliseconds: a random share of a bound ("full jitter"), so that clients spread
 * out. The bound grows with each failed attempt, up to 15 s.
 *
 * @param attempt 1 for the first retry.
 * @param isRestart Whether the server closed the connection in order to restart.
 * @param random A number from 0 to 1, excluding 1.
 */
export function retryDelayMs(attempt: number, isRestart: boolean, random: number = Math.random()): number {
  const grownMs = INITIAL_RETRY_DELAY_MS * GROWTH ** (attempt - 1);
  return random * Math.min(Math.max(grownMs, isRestart ? RESTART_SPREAD_MS : 0), MAX_RETRY_DELAY_MS);
}
