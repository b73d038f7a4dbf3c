/** Waits with a deadline. */
import { CommunicatorTimeoutError } from "./errors.ts";
import { startTimer, stopTimer } from "./timers.ts";

/**
 * Returns the value of a promise.
 * @param awaited A noun phrase for the error, such as `a frame`.
 * @param timeoutMs The time-out in milliseconds.
 * @param seen Returns what arrived instead, for the error.
 * @throws {CommunicatorTimeoutError} CHANNELS_COMMUNICATOR_TIMEOUT when the promise has not settled at the time-out.
 */
export async function withDeadline<Value>(
  promise: Promise<Value>,
  awaited: string,
  timeoutMs: number,
  seen: () => string,
): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = startTimer(() => late.reject(new CommunicatorTimeoutError(awaited, timeoutMs, seen())), timeoutMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    stopTimer(timer);
  }
}
