/** Waiting that ends, and says what it waited for. */
import { CommunicatorTimeoutError } from "../errors.ts";
import { startTimer, stopTimer } from "./timers.ts";

/**
 * The promise's value, if it comes in time.
 * @param awaited What to say was awaited.
 * @param seen What to say had come instead.
 * @throws {CommunicatorTimeoutError} CHANNELS_COMMUNICATOR_TIMEOUT otherwise.
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
