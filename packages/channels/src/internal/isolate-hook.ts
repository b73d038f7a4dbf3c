/** Observer hooks such as `onReport` and `onDrop`: their errors never reach the caller. */
import { isPromiseLike } from "./promise.ts";
import { checkFunction } from "./check-options.ts";
import { logToConsole } from "./log-to-console.ts";

/**
 * Returns a function that calls the hook and logs its exceptions and rejections to the console.
 * @param name The name of the hook in the log.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the hook is not a function.
 */
export function isolateHook<Args extends readonly unknown[]>(
  name: string,
  hook: (...args: Args) => void,
): (...args: Args) => void {
  checkFunction(name, hook);
  const logFailure = (error: unknown): void => logToConsole("error", `${name} failed:`, error);
  return (...args) => {
    try {
      const result: unknown = hook(...args);
      if (isPromiseLike(result)) Promise.resolve(result).catch(logFailure);
    } catch (error) {
      logFailure(error);
    }
  };
}
