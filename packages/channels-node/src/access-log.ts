/** Defines the entries of the access log. */

/** An entry of the access log, for an HTTP request that ended or a WebSocket that opened, was denied or closed. */
export interface AccessLogEntry {
  /** The event: an ended request, or an opened, denied (`websocket-refused`) or closed WebSocket. */
  readonly kind: "http" | "websocket-open" | "websocket-refused" | "websocket-close";
  /** The HTTP method. */
  readonly method: string;
  /** The path and query as the client sent them. */
  readonly target: string;
  /** The address of the client: IPv4 or IPv6 text; empty on a unix socket. */
  readonly client: string;
  /** The HTTP status; 499 when the client left before the answer. For `websocket-close`, the close code. */
  readonly status: number;
  /** The time since the arrival of the request. */
  readonly durationMs: number;
}
