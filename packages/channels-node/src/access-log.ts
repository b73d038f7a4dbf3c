/** Defines the entries of the access log. */

/** The status of a request or handshake whose client left before it had the whole answer. */
export const CLIENT_LEFT = 499;

/** An entry of the access log, for an HTTP request that ended or a WebSocket that opened, was denied or closed. */
export interface AccessLogEntry {
  /** The event: an ended request, or an opened, denied (`websocket-refused`) or closed WebSocket. */
  readonly kind: "http" | "websocket-open" | "websocket-refused" | "websocket-close";
  /** The HTTP method; empty when the server could not parse the head of the request. */
  readonly method: string;
  /**
   * The path and query as the client sent them, cut after 1,024 bytes of UTF-8; empty when the server could not parse
   * the head of the request.
   */
  readonly target: string;
  /** The address of the client: IPv4 or IPv6 text; empty on a unix socket. */
  readonly client: string;
  /**
   * The HTTP status; 499 when the client left, or was cut, before it had the whole answer, but an event stream has no
   * end. When the application fails in the middle of an answer, the status of the failure, such as 500. For
   * `websocket-close`, the close code.
   */
  readonly status: number;
  /** The time since the server began with the request; 0 when it could not parse the head of the request. */
  readonly durationMs: number;
}
