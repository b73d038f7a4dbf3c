/** Options that nobody knows are refused: one that is misspelt would do nothing, and nobody would notice. */
import { ConfigurationError } from "./errors.ts";

/**
 * @param what Whose options they are, as the error names it.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when there is an option that is not among the known ones.
 */
export function checkOptions(what: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const names = known.map((each) => `\`${each}\``).join(", ");
    throw new ConfigurationError(`${what} has no option \`${name}\`, only ${names}.`);
  }
}
