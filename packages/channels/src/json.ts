/** JSON as what goes over the wire, both of a server and of the client of a test. */
import { NotJsonError } from "./errors.ts";

/**
 * The text of a value.
 * @throws {NotJsonError} CHANNELS_NOT_JSON when it has none: undefined, a function or a symbol.
 * @throws {TypeError} For a BigInt, or an object that contains itself.
 */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new NotJsonError(value);
  return text;
}
