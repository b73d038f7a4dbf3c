import { backoffDelayMs } from "@lobby/channels";

/** A restart closes all connections at once. The clients spread their first reconnects over this time. */
const RESTART_SPREAD_MS = 4_000;

/** The longest delay before the first retry after any other failure. */
const INITIAL_RETRY_DELAY_MS = 300;
const MAX_RETRY_DELAY_MS = 15_000;

/**
 * Returns a random delay before a retry, in milliseconds, up to 15 s.
 *
 * @param failures The number of failed retries so far: 0 before the first retry.
 * @param isRestart Whether the server closed the connection in order to restart.
 */
export function retryDelayMs(failures: number, isRestart: boolean): number {
  return backoffDelayMs(failures, isRestart ? RESTART_SPREAD_MS : INITIAL_RETRY_DELAY_MS, MAX_RETRY_DELAY_MS);
}
