/** An entry of the access log: an HTTP request that ended, or a WebSocket that opened, was denied or closed. */
export interface AccessLogEntry {
  readonly kind: "http" | "websocket-open" | "websocket-refused" | "websocket-close";
  readonly method: string;
  /** The path and query as the client sent them. */
  readonly target: string;
  /** The client's address: IPv4 or IPv6 text, empty on a unix socket. */
  readonly client: string;
  /** The HTTP status, or 499 when the client left before the answer; the close code for `websocket-close`. */
  readonly status: number;
  /** The time since the request arrived, in milliseconds. */
  readonly durationMs: number;
}
