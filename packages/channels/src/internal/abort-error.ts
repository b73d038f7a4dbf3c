/** The causes that an error may have on top of one another. It may be its own cause. */
const MAX_CAUSES = 10;

/**
 * Returns whether an error only says that an operation was aborted: it, or one of its causes, is an `AbortError` or the
 * reason of the signal. Many functions, such as those of `node:timers/promises`, reject with an `AbortError` of their own.
 */
export function isAbort(error: unknown, reason?: unknown): boolean {
  let cause = error;
  for (let count = 0; count < MAX_CAUSES && cause instanceof Error; count += 1) {
    if (cause === reason || cause.name === "AbortError") return true;
    ({ cause } = cause);
  }
  return cause === reason && reason !== undefined;
}
