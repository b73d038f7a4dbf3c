/** Validates numeric options. */
import { describeValue } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";

/** The longest delay that JavaScript timers accept, in milliseconds: about 24.8 days. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/**
 * Throws unless each option is an integer in its range.
 * @param limits The values, by the names of their options.
 * @param most The largest allowed value. Default: no limit.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when a value is not an integer from 1 to `most`.
 */
export function checkLimits(limits: Readonly<Record<string, number>>, most: number = Infinity): void {
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isInteger(value) && value >= 1 && value <= most) continue;
    const range = most === Infinity ? "1 up" : `1 to ${most}`;
    throw new ConfigurationError(`Expected \`${name}\` to be an integer from ${range}, got ${describeValue(value)}.`);
  }
}
