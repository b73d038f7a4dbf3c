/** Handlers that keep the event loop, and with it everybody else. */
import { EventLoopBlockedError } from "../errors.ts";

/** A handler that keeps the event loop longer than this, before its first `await`, is named in a warning. */
const BLOCKED_WARNING_MS = 100;

/** The warning for a handler that began then and has come to its first `await`; undefined when it was quick. */
export function blockedSince(startedAtMs: number, consumer: string, event: string): EventLoopBlockedError | undefined {
  const durationMs = performance.now() - startedAtMs;
  return durationMs > BLOCKED_WARNING_MS ? new EventLoopBlockedError(consumer, event, durationMs) : undefined;
}
