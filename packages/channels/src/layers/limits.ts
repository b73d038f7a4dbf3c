/** Limits that layers can be told. */
import { ConfigurationError } from "../errors.ts";

/** @throws {ConfigurationError} CHANNELS_CONFIGURATION when a limit is not an integer from 1 up. */
export function checkLimits(limits: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new ConfigurationError(`Expected \`${name}\` to be an integer from 1 up, got \`${String(value)}\`.`);
  }
}
