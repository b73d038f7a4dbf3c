/** What `receive` of every layer takes beside the channel. */
import { ConfigurationError, show } from "../errors.ts";
import { checkFunction, checkOptions } from "../options.ts";
import type { ReceiveOptions } from "./layer.ts";

/** @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown, or not of its kind. */
export function checkReceiveOptions(options: ReceiveOptions): void {
  checkOptions("receive", options, ["signal", "onListening", "onDeaf"]);
  const { signal, onListening, onDeaf } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new ConfigurationError(`Expected \`signal\` to be an AbortSignal, got ${show(signal)}.`);
  }
  if (onListening !== undefined) checkFunction("onListening", onListening);
  if (onDeaf !== undefined) checkFunction("onDeaf", onDeaf);
}
