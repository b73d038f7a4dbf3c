/** Validates the options of `receive`, for every layer. */
import { describeValue } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import { checkFunction, checkOptions } from "../internal/check-options.ts";
import type { ReceiveOptions } from "./layer.ts";

/**
 * Checks the options of `receive`.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or of the wrong type.
 */
export function checkReceiveOptions(options: ReceiveOptions): void {
  checkOptions("receive", options, ["signal", "onListening", "onUnavailable"]);
  const { signal, onListening, onUnavailable } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new ConfigurationError(`Expected \`signal\` to be an AbortSignal, got ${describeValue(signal)}.`);
  }
  if (onListening !== undefined) checkFunction("onListening", onListening);
  if (onUnavailable !== undefined) checkFunction("onUnavailable", onUnavailable);
}
