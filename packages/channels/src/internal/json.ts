/** Writes JSON for the wire. */
import { NotJsonError } from "../errors.ts";

/**
 * Returns a value as JSON text.
 * @throws {NotJsonError} CHANNELS_NOT_JSON when the value is undefined, a function, a symbol or a bigint, or an object
 * that contains a bigint or itself.
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
