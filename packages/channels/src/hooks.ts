/** Hooks that only look on, such as `onReport` and `onDrop`: what goes wrong in them must not go any further. */
import { isPromiseLike, type ConsumerReport } from "./application.ts";
import { checkFunction } from "./options.ts";

/** A line on the console, for want of an `onReport`. */
export function printReport({ level, consumer, event, error }: ConsumerReport): void {
  console[level === "error" ? "error" : "warn"](`${consumer} (${event}):`, error);
}

/**
 * The same hook, except that what it throws, or rejects with, is written to the console.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when it is no function.
 */
export function guardHook<Args extends readonly unknown[]>(
  name: string,
  hook: (...args: Args) => void,
): (...args: Args) => void {
  checkFunction(name, hook);
  const complain = (error: unknown): void => console.error(`${name} failed:`, error);
  return (...args) => {
    try {
      const result: unknown = hook(...args);
      if (isPromiseLike(result)) Promise.resolve(result).catch(complain);
    } catch (error) {
      complain(error);
    }
  };
}
