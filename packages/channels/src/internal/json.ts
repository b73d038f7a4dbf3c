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

/** A limit of JSON that a text exceeds. */
export type JsonExcess = "depth" | "size";

/**
 * Returns the limit that a JSON text exceeds; undefined when it is within both. Nested lists and many small values cost
 * the parser, and every later walk over the value, far more than the same length of text in strings.
 * @param maxSize The number of opening brackets and commas outside of strings.
 */
export function jsonExcess(text: string, maxSize: number): JsonExcess | undefined {
  return hasManyMarks(text, Math.min(MAX_JSON_DEPTH, maxSize)) ? countMarks(text, maxSize) : undefined;
}

/** Returns whether a text has more brackets and commas than `limit`. Most texts have few, so this is a fast search. */
function hasManyMarks(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  let count = 0;
  for (const mark of ["[", "{", ","]) {
    for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) {
      count += 1;
      if (count > limit) return true;
    }
  }
  return false;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Counts the brackets and commas outside of strings. The result means nothing for text that is not JSON. */
function countMarks(text: string, maxSize: number): JsonExcess | undefined {
  let depth = 0;
  let size = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === QUOTE) {
      isInString = !isInString;
    } else if (isInString) {
      if (unit === BACKSLASH) index += 1;
    } else if (unit === OPEN_LIST || unit === OPEN_OBJECT) {
      depth += 1;
      size += 1;
      if (depth > MAX_JSON_DEPTH) return "depth";
    } else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) {
      depth -= 1;
    } else if (unit === COMMA) {
      size += 1;
    }
    if (size > maxSize) return "size";
  }
  return undefined;
}
