/** Validates what a test passes to a communicator. */
import { checkApplication, checkRoot } from "../application/check-application.ts";
import { checkText } from "../internal/check-options.ts";

/**
 * Throws unless a test can call the application at the path.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the application is neither a function nor the result of
 * `protocolRouter`, or the path is not text.
 */
export function checkTested(application: unknown, path: unknown): void {
  if (typeof application === "function") checkApplication("application", application);
  else checkRoot(application);
  checkText("path", path);
}
