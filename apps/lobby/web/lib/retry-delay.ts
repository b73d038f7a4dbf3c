import { backoffDelayMs } from "@lobby/channels";

/** A restart closes all connections at once. The clients spread their first reconnects over this time. */
const RESTART_SPREAD_MS = 4_000;

/** The longest delay before the first retry after any other failure. */
const INITIAL_RETRY_DELAY_MS = 300;
const MAX_RETRY_DELAY_MS = 15_000;

/** The longest additional wait after the second refusal of a message. It doubles with each further one. */
const INITIAL_EXTRA_WAIT_MS = 1_000;

/**
 * Returns the time until the page repeats a refused message, in milliseconds. The first wait is the one that the server
 * named. Later ones have a random addition, up to 15 s, because many pages of one network can wait for the same turn.
 * @param retryAfterMs The wait that the server named.
 * @param refusals How often the server has refused the message, from 1 up.
 */
export function repeatDelayMs(retryAfterMs: number, refusals: number): number {
  if (refusals === 1) return retryAfterMs;
  return retryAfterMs + backoffDelayMs(refusals - 2, INITIAL_EXTRA_WAIT_MS, MAX_RETRY_DELAY_MS);
}

/**
 * Returns a random delay before a retry, in milliseconds, up to 15 s.
 *
 * @param failures The number of failed retries so far: 0 before the first retry.
 * @param isRestart Whether the server closed the connection in order to restart.
 */
export function retryDelayMs(failures: number, isRestart: boolean): number {
  return backoffDelayMs(failures, isRestart ? RESTART_SPREAD_MS : INITIAL_RETRY_DELAY_MS, MAX_RETRY_DELAY_MS);
}
