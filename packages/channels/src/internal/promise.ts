/** Types and tests of values that may be promises. */

/** A value, or a promise of it; any object with a `then` counts as one. */
export type Awaitable<T> = T | PromiseLike<T>;

/** Returns whether a value is a promise or another object with a `then`. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
