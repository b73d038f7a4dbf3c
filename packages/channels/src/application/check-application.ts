/** Validates applications and their answers. */
import { describeValue, quote } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import { checkFunction } from "../internal/check-options.ts";

/**
 * Throws unless a value can be an application.
 * @param name The name of the parameter or option in the error.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the value is not a function, or a class.
 */
export function checkApplication(name: string, value: unknown): void {
  checkFunction(name, value);
  // A class is a function that nobody can call. Only its source text tells it from other functions.
  if (!/^class[\s{]/.test(Function.prototype.toString.call(value))) return;
  const className = (value as { readonly name: string }).name;
  throw new ConfigurationError(
    `Expected \`${name}\` to be a function, got the class ${quote(className)}. Mount a consumer class with \`consumer\`.`,
  );
}

/**
 * Throws unless a value is the root of an application.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an application of a protocol or the layer is missing.
 */
export function checkRoot(value: unknown): void {
  const { http, websocket, channel, layer } = Object(value) as Readonly<Record<string, unknown>>;
  const isComplete = [http, websocket, channel].every((application) => typeof application === "function");
  if (isComplete && typeof layer === "object" && layer !== null) return;
  throw new ConfigurationError(
    `Expected \`application\` to be the result of \`protocolRouter\`, got ${describeValue(value)}.`,
  );
}

/**
 * Throws unless an HTTP application answered with a response. Compares no class, because libraries bring responses of
 * their own.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the answer is anything else.
 */
export function checkResponse(answer: unknown): void {
  const { status, headers } = Object(answer) as Readonly<Record<string, unknown>>;
  if (typeof status === "number" && typeof headers === "object") return;
  throw new ConfigurationError(
    `Expected the application to return a Response, got ${describeValue(answer)}. Return \`new Response(…)\`.`,
  );
}
