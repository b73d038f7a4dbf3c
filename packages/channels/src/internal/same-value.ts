/** Compares plain values by their content. */
import { isPlainList, isPlainObject } from "./plain-value.ts";

/**
 * Returns whether two values are the same: identical, or plain objects and lists whose values are the same.
 * An object of a class equals only itself, because nothing can compare its private fields.
 */
export function isSameValue(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isPlain(one) || !isPlain(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Reflect.ownKeys(one);
  return keys.length === Reflect.ownKeys(other).length && keys.every((key) => isSameAt(key, one, other));
}

function isSameAt(key: PropertyKey, one: object, other: object): boolean {
  return Object.hasOwn(other, key) && isSameValue(Reflect.get(one, key), Reflect.get(other, key));
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) ? isPlainList(value) : isPlainObject(value);
}
