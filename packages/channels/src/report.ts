/** Reports of failures and warnings to the operator of a server or a worker. */
import { logToConsole } from "./internal/log-to-console.ts";

/** One failure or warning. */
export interface ConsumerReport {
  /** `error` for a failure that ended an operation; `warning` for a condition that the operator should look into. */
  readonly level: "error" | "warning";
  /** The part that failed: the class name of a consumer, the name of a worker's channel, `http` or `websocket`. */
  readonly source: string;
  /**
   * The operation that was running: `constructor`, `connect`, `receive`, `disconnect`, `refresh`, the type of an
   * event, or a request such as `GET /chat/`.
   */
  readonly operation: string;
  /** The thrown value, or a `ChannelsError` that describes the warning. */
  readonly error: unknown;
}

/** Logs a report to the console, up to 1 MiB that nobody reads. The default `onReport`. */
export function logReport({ level, source, operation, error }: ConsumerReport): void {
  logToConsole(level === "error" ? "error" : "warn", `${source} (${operation}):`, error);
}
