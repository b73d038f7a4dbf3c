/** Validates layers that a program passes. */
import { checkMethods } from "../internal/check-options.ts";

const METHODS = ["newChannel", "send", "receive", "groupAdd", "groupDiscard", "groupSend"];

/**
 * Throws unless a value has the methods of a layer.
 * @param name The name of the parameter or option in the error.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the value lacks a method.
 */
export function checkLayer(name: string, value: unknown): void {
  checkMethods(name, value, METHODS);
}
