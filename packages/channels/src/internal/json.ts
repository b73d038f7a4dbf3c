/** Writes JSON for the wire. */
import { NotJsonError } from "../errors.ts";

/**
 * Returns a value as JSON text.
 * @throws {NotJsonError} CHANNELS_NOT_JSON for undefined, a function, a symbol or a bigint, and for an object that
 * contains itself or a bigint.
 */
export function toJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new NotJsonError(value, error);
  }
  if (text === undefined) throw new NotJsonError(value);
  return text;
}
