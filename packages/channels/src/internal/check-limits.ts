/** Limits and times that anything can be told. */
import { ConfigurationError, describeValue } from "../errors.ts";

/** The longest time of a timer. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/**
 * @param most The largest that a limit may be. Default: any.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when a limit is not an integer from 1 up.
 */
export function checkLimits(limits: Readonly<Record<string, number>>, most: number = Infinity): void {
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isInteger(value) && value >= 1 && value <= most) continue;
    const range = most === Infinity ? "1 up" : `1 to ${most}`;
    throw new ConfigurationError(`Expected \`${name}\` to be an integer from ${range}, got ${describeValue(value)}.`);
  }
}
