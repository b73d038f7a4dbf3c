/** Detects handlers that block the event loop. */
import { EventLoopBlockedError } from "../errors.ts";

/** The time that a handler may run before its first `await` without a warning. */
const BLOCKED_WARNING_MS = 100;

/**
 * Returns the warning for a handler that has reached its first `await`. Undefined when it ran for at most 100 ms.
 * @param startedAtMs The time at which the handler started, from `performance.now`.
 */
export function blockedSince(
  startedAtMs: number,
  source: string,
  operation: string,
): EventLoopBlockedError | undefined {
  const durationMs = performance.now() - startedAtMs;
  return durationMs > BLOCKED_WARNING_MS ? new EventLoopBlockedError(source, operation, durationMs) : undefined;
}
