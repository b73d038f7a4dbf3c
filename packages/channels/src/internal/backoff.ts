/** Delays between retries. */

/**
 * Returns a random delay before a retry, in milliseconds: from 0 to `initialMs`, doubled for each further failure, and
 * at most `maxMs`. The random part spreads the retries of many processes that failed together.
 * @param failures The number of failed retries so far: 0 before the first retry.
 * @see "Exponential Backoff And Jitter" (AWS Architecture Blog), "full jitter".
 */
export function backoffDelayMs(failures: number, initialMs: number, maxMs: number): number {
  return Math.random() * Math.min(initialMs * 2 ** failures, maxMs);
}
