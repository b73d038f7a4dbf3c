/** Hooks that only look on, such as `onReport` and `onDrop`: what goes wrong in them must not go any further. */
import { isPromiseLike } from "./promise.ts";
import { checkFunction } from "./check-options.ts";

/**
 * The same hook, except that what it throws, or rejects with, is written to the console.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when it is no function.
 */
export function isolateHook<Args extends readonly unknown[]>(
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
