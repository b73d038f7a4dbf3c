/** Reads and writes the JSON of the wire. */
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

/** The deepest nesting of a client's JSON. RFC 8259 §9 allows a limit. */
export const MAX_JSON_DEPTH = 100;

/**
 * Returns whether a JSON text has more than 100 levels. Deep nesting costs the parser, and every later walk over the
 * value, far more than flat text of the same length.
 */
export function isTooDeep(text: string): boolean {
  return hasManyBrackets(text) && depthExceedsLimit(text);
}

/** Returns whether a text has enough opening brackets for the limit. Most texts have few, so this is a fast search. */
function hasManyBrackets(text: string): boolean {
  if (text.length <= MAX_JSON_DEPTH) return false;
  let count = 0;
  for (const bracket of ["[", "{"]) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      count += 1;
      if (count > MAX_JSON_DEPTH) return true;
    }
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Counts the open brackets outside of strings. The result means nothing for text that is not JSON. */
function depthExceedsLimit(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === QUOTE) isInString = !isInString;
    else if (isInString) index += unit === BACKSLASH ? 1 : 0;
    else if (unit === OPEN_LIST || unit === OPEN_OBJECT) depth += 1;
    else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) depth -= 1;
    if (depth > MAX_JSON_DEPTH) return true;
  }
  return false;
}
