/** JSON as what goes over the wire, both of a server and of the client of a test. */
import { NotJsonError } from "../errors.ts";

/**
 * The text of a value.
 * @throws {NotJsonError} CHANNELS_NOT_JSON when it has none: undefined, a function, a symbol or a bigint, or an object
 * that contains itself or a bigint.
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
