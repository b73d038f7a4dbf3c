/** Reports of failures and warnings to the operator of a server or a worker. */

/** One failure or warning. */
export interface ConsumerReport {
  /** `error`: a handler failed. `warning`: nothing was lost, but the operator should look. */
  readonly level: "error" | "warning";
  /** The part that reports: the class name of a consumer, the name of a worker's channel, `http` or `websocket`. */
  readonly source: string;
  /**
   * The operation that was running: `constructor`, `connect`, `receive`, `disconnect`, `refresh`, the type of an
   * event, or a request such as `GET /chat/`.
   */
  readonly operation: string;
  /** The value that was thrown, or a `ChannelsError` that describes the warning. */
  readonly error: unknown;
}

/** Logs a report to the console. The default `onReport`. */
export function logReport({ level, source, operation, error }: ConsumerReport): void {
  console[level === "error" ? "error" : "warn"](`${source} (${operation}):`, error);
}
