/**
 * The facts about a connection when it opens. A scope is read-only and lives as
 * long as its connection. Middleware returns additions to it.
 *
 * @see Django Channels, "Scope". Differs: fully typed, read-only, and the
 * channel layer is part of it, because there is no global registry of layers.
 */
import type { ConsumerReport } from "../report.ts";
import type { ChannelLayer } from "../layers/layer.ts";

/** Request headers, such as a WHATWG `Headers`. Names are case-insensitive. */
export interface RequestHeaders {
  /** Returns the value, with several values of one name joined by `", "`; null when the header is absent. */
  get(name: string): string | null;
}

/** The headers that the server adds to its answer: the HTTP response, the 101 that opens a WebSocket, or the denial. */
export interface ReplyHeaders {
  /**
   * Adds one header line. Keeps other lines of the same name.
   * @returns false when the server has sent the answer already.
   * @throws {TypeError} When the name or the value is not allowed in a header.
   */
  append(name: string, value: string): boolean;
}

/** The address of the client. Behind trusted proxies, the address that they forward. */
export interface ClientAddress {
  /** IPv4 or IPv6 in text form; empty for a client on a unix socket. */
  readonly address: string;
  /** 1 to 65,535; 0 when the server does not know it. */
  readonly port: number;
  /**
   * True when the client is probably a proxy that `trustProxy` does not name: it has a loopback, private or link-local
   * address, or a unix socket, and sent forwarded headers. Many visitors may share the address, so limit nobody by it.
   */
  readonly isUntrustedProxy: boolean;
}

/**
 * The services of a server for responses that continue after their handler. All requests of a server share the object.
 */
export interface ServerContext {
  /**
   * A signal that aborts with a `ServerClosingError` when the server starts to close. An endless response has to end
   * then.
   */
  readonly closing: AbortSignal;
  /** Delays the end of the server until the promise settles or the deadline passes. The server reports a rejection. */
  waitUntil(work: Promise<unknown>): void;
  /** Passes a report to the `onReport` of the server. */
  report(report: ConsumerReport): void;
}

/** The part of a scope that names the owners of its connection. */
export interface SubjectScope {
  /** The owners of the connection, such as `user:42`; see `connections`. Middleware that adds one keeps the others. */
  readonly subjects: readonly string[];
}

/** The common part of the scopes of HTTP requests and WebSocket connections, for middleware of both. */
export interface RequestScope extends SubjectScope {
  /** The whole address, with the host that the client or a trusted proxy named. */
  readonly url: URL;
  readonly headers: RequestHeaders;
  readonly client: ClientAddress;
  /** The parameters that the paths of the routes captured, decoded. Empty until a route has matched. */
  readonly params: object;
  readonly reply: ReplyHeaders;
  readonly layer: ChannelLayer;
}

/** The scope of one HTTP request. */
export interface HttpScope extends RequestScope {
  readonly type: "http";
  readonly server: ServerContext;
}

/** The scope of one WebSocket connection. */
export interface WebSocketScope extends RequestScope {
  readonly type: "websocket";
  /** The subprotocols that the client offered, in its order of preference. */
  readonly subprotocols: readonly string[];
}

/** The scope of background work: messages of one named channel. */
export interface ChannelScope {
  readonly type: "channel";
  /** The name of the channel. */
  readonly channel: string;
  readonly layer: ChannelLayer;
}
