/** Delays between retries. */
import { describeValue } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";

/**
 * Returns a random delay before a retry, in milliseconds: from 0 to `initialMs`, doubled for each further failure, and
 * at most `maxMs`. The random part spreads the retries of many processes that failed together.
 * @param failures The number of failed retries so far: 0 before the first retry.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an argument is not a number from 0 up.
 * @see "Exponential Backoff And Jitter" (AWS Architecture Blog), "full jitter".
 */
export function backoffDelayMs(failures: number, initialMs: number, maxMs: number): number {
  for (const [name, value] of Object.entries({ failures, initialMs, maxMs })) {
    if (typeof value === "number" && value >= 0) continue;
    throw new ConfigurationError(`Expected \`${name}\` to be a number from 0 up, got ${describeValue(value)}.`);
  }
  return Math.random() * Math.min(initialMs * 2 ** failures, maxMs);
}
