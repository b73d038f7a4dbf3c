/** Values that may be promises. */

/** A value, or a promise of it; any object with a `then` counts as one. */
export type Awaitable<T> = T | PromiseLike<T>;

/** Returns whether a value has to be awaited. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
