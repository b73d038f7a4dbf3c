/**
 * Validates options, functions and methods when a program passes them. A misspelt option would otherwise do nothing,
 * and a wrong type would fail only when a client connects.
 */
import { describeValue } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";

/**
 * Throws unless the options are an object with known names only.
 * @param what The owner of the options, as the error names it, such as `The worker`.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the options are not an object, or one is unknown.
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

/**
 * Throws unless a value is a function.
 * @param name The name of the option in the error.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the value is not a function.
 */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value === "function") return;
  throw new ConfigurationError(`Expected \`${name}\` to be a function, got ${describeValue(value)}.`);
}

/**
 * Throws unless a value is text.
 * @param name The name of the option in the error.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the value is not text.
 */
export function checkText(name: string, value: unknown): void {
  if (typeof value === "string") return;
  throw new ConfigurationError(`Expected \`${name}\` to be text, got ${describeValue(value)}.`);
}

/**
 * Throws unless a value has all these methods.
 * @param name The name of the option in the error.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the value lacks a method.
 */
export function checkMethods(name: string, value: unknown, methods: readonly string[]): void {
  const missing = methods.find((method) => typeof (value as Record<string, unknown> | null)?.[method] !== "function");
  if (missing === undefined) return;
  throw new ConfigurationError(`Expected \`${name}\` to have a method \`${missing}\`, got ${describeValue(value)}.`);
}
