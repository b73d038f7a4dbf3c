/**
 * What may be a message, in every layer: what JSON has, so that nothing turns
 * into something else on the day when there are several processes.
 */
import { InvalidMessageError } from "../errors.ts";
import type { ChannelMessage } from "./layer.ts";

/** Nobody nests this deep; what does is within itself. */
const MAX_DEPTH = 500;

/** What JSON would make something else of, and where it is. */
interface Flaw {
  readonly what: string;
  readonly path: readonly string[];
}

/**
 * @throws {InvalidMessageError} CHANNELS_INVALID_MESSAGE when nobody could tell what the message is, or when
 * it holds what JSON does not have: bytes, maps, sets, objects of a class, bigints, functions, symbols, NaN,
 * infinity, nothing in the place of an entry of a list.
 * What has a `toJSON`, such as a date, is let through, although others may get what that makes of it.
 */
export function checkMessage(message: ChannelMessage): void {
  checkType(message);
  const flaw = flawOf(message, 0);
  if (flaw !== undefined)
    throw new InvalidMessageError(message, `${flaw.what} at ${["message", ...flaw.path].join(".")}`);
}

/** @throws {InvalidMessageError} CHANNELS_INVALID_MESSAGE when nobody could tell what the message is. */
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
  if (depth > MAX_DEPTH) return { what: "an object within itself", path: [] };
  if (Array.isArray(object)) {
    for (let index = 0; index < object.length; index += 1) {
      const value: unknown = object[index];
      const flaw = value === undefined ? { what: "undefined", path: [] } : flawOf(value, depth + 1);
      if (flaw !== undefined) return found(flaw, String(index));
    }
    return undefined;
  }
  if (!isPlain(object)) return hasJson(object) ? undefined : { what: kindOf(object), path: [] };
  // Several times as fast as a list of keys; plain objects inherit nothing.
  for (const key in object) {
    const flaw = flawOf((object as Readonly<Record<string, unknown>>)[key], depth + 1);
    if (flaw !== undefined) return found(flaw, key);
  }
  return undefined;
}

function found({ what, path }: Flaw, key: string): Flaw {
  return { what, path: [key, ...path] };
}

/** Whether an object is of no class, whichever realm it comes from. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A buffer has a `toJSON`, of which nobody makes bytes again. */
function hasJson(object: object): boolean {
  return !ArrayBuffer.isView(object) && typeof (object as { readonly toJSON?: unknown }).toJSON === "function";
}

function kindOf(object: object): string {
  return object.constructor?.name ?? "object";
}
