/** Detects handlers that block the event loop. */
import { EventLoopBlockedError } from "../errors.ts";

/** A warning names a handler that runs longer than this before its first `await`. */
const BLOCKED_WARNING_MS = 100;

/** Returns the warning for a handler that started at this time and has reached its first `await`; undefined when it was quick. */
export function blockedSince(
  startedAtMs: number,
  source: string,
  operation: string,
): EventLoopBlockedError | undefined {
  const durationMs = performance.now() - startedAtMs;
  return durationMs > BLOCKED_WARNING_MS ? new EventLoopBlockedError(source, operation, durationMs) : undefined;
}
