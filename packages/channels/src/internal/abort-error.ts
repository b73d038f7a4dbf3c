import { causesOf } from "./causes.ts";

/**
 * Returns whether an error only says that an operation was aborted: it, or one of its causes, is an `AbortError` or the
 * reason of the signal. Many functions, such as those of `node:timers/promises`, reject with an `AbortError` of their own.
 */
export function isAbort(error: unknown, reason?: unknown): boolean {
  for (const cause of causesOf(error)) {
    if (cause instanceof Error && cause.name === "AbortError") return true;
    if (cause === reason && reason !== undefined) return true;
  }
  return false;
}
