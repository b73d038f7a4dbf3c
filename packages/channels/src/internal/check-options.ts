/**
 * Options that nobody knows are refused: one that is misspelt would do nothing, and nobody would notice. So is what
 * is no function where one is needed: it would fail later, when somebody connects.
 */
import { ConfigurationError, describeValue } from "../errors.ts";

/**
 * @param what Whose options they are, as the error names it.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the options are no object, or when there is one that is not
 * among the known ones.
 */
export function checkOptions(what: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ConfigurationError(`${what} takes its options as an object, got ${describeValue(options)}.`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const names = known.map((each) => `\`${each}\``).join(", ");
    throw new ConfigurationError(`${what} has no option \`${name}\`, only ${names}.`);
  }
}

/** @throws {ConfigurationError} CHANNELS_CONFIGURATION when the value is no function. */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value === "function") return;
  throw new ConfigurationError(`Expected \`${name}\` to be a function, got ${describeValue(value)}.`);
}

/** @throws {ConfigurationError} CHANNELS_CONFIGURATION when the value lacks one of these methods. */
export function checkMethods(name: string, value: unknown, methods: readonly string[]): void {
  const missing = methods.find((method) => typeof (value as Record<string, unknown> | null)?.[method] !== "function");
  if (missing === undefined) return;
  throw new ConfigurationError(`Expected \`${name}\` to have a method \`${missing}\`, got ${describeValue(value)}.`);
}
