/** Validates messages, for every layer. A message is JSON, so that every process receives the same value. */
import { classNameOf } from "../describe-value.ts";
import { InvalidMessageError } from "../errors.ts";
import { isPlainList, isPlainObject } from "../internal/plain-value.ts";
import type { ChannelMessage } from "./layer.ts";

/** The deepest nesting of a message. The check treats deeper objects as cycles. */
const MAX_DEPTH = 500;

/** A value that JSON drops or changes, and its place in the message. */
interface Flaw {
  readonly what: string;
  readonly path: readonly string[];
}

/**
 * Throws unless JSON keeps the message unchanged. JSON keeps text, finite numbers, booleans, null, and lists and plain
 * objects of these. A plain object may have undefined properties, which JSON leaves out.
 * @throws {InvalidMessageError} CHANNELS_INVALID_MESSAGE when the message has no type, or holds another value: bytes, a
 * date, a map, a set, another object of a class, a bigint, a function, a symbol, NaN, an infinity, undefined in a list,
 * an object that contains itself, or more than 500 levels of nesting.
 */
export function checkMessage(message: ChannelMessage): void {
  checkType(message);
  const flaw = flawOf(message, 0);
  if (flaw === undefined) return;
  throw new InvalidMessageError(message, `${flaw.what} at ${["message", ...flaw.path].join(".")}`);
}

/**
 * Throws unless the message has a type: non-empty text.
 * @throws {InvalidMessageError} CHANNELS_INVALID_MESSAGE when the message has no type.
 */
export function checkType(message: ChannelMessage): void {
  if (typeof message?.type !== "string" || message.type === "") throw new InvalidMessageError(message);
}

function flawOf(value: unknown, depth: number): Flaw | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return undefined;
    case "number":
      return Number.isFinite(value) ? undefined : { what: String(value), path: [] };
    case "object":
      return value === null ? undefined : flawIn(value, depth);
    default:
      return { what: typeof value, path: [] };
  }
}

function flawIn(object: object, depth: number): Flaw | undefined {
  if (depth > MAX_DEPTH) return { what: `more than ${MAX_DEPTH} levels, perhaps a cycle,`, path: [] };
  const isList = Array.isArray(object);
  if (!(isList ? isPlainList(object) : isPlainObject(object))) return { what: classNameOf(object), path: [] };
  return isList ? flawInList(object, depth) : flawInObject(object as Readonly<Record<string, unknown>>, depth);
}

function flawInList(list: readonly unknown[], depth: number): Flaw | undefined {
  for (let index = 0; index < list.length; index += 1) {
    const value = list[index];
    const flaw = value === undefined ? { what: "undefined", path: [] } : flawOf(value, depth + 1);
    if (flaw !== undefined) return inside(String(index), flaw);
  }
  return undefined;
}

function flawInObject(object: Readonly<Record<string, unknown>>, depth: number): Flaw | undefined {
  // Several times as fast as `Object.keys`. Plain objects inherit no enumerable property.
  for (const key in object) {
    const flaw = flawOf(object[key], depth + 1);
    if (flaw !== undefined) return inside(key, flaw);
  }
  return undefined;
}

function inside(key: string, { what, path }: Flaw): Flaw {
  return { what, path: [key, ...path] };
}
