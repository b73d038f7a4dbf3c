/**
 * What is known of a connection when it opens. A scope is made once, is never
 * changed, and lives as long as its connection; middleware adds to it by
 * returning more (see `middleware.ts`).
 *
 * @see Django Channels, "Scope". Differs: fully typed, read-only, and the
 * channel layer is part of it, since there is no global registry of layers.
 */
import type { ConsumerReport } from "../report.ts";
import type { ChannelLayer } from "../layers/layer.ts";

/** Request headers; any WHATWG `Headers` will do. Names are case-insensitive. */
export interface RequestHeaders {
  /** The value, several of one name joined by `", "`; null when absent. */
  get(name: string): string | null;
}

/**
 * Headers that the answer to this request will carry: the HTTP response, the
 * 101 that opens a WebSocket, or the denial.
 */
export interface ReplyHeaders {
  /**
   * Adds one header line, keeping others of the same name.
   * @returns false when the answer has been sent and it is too late.
   * @throws {TypeError} When the name or the value cannot stand in a header.
   */
  append(name: string, value: string): boolean;
}

/** The peer's address, behind trusted proxies the one they vouch for. */
export interface ClientAddress {
  /** IPv4 or IPv6 in text form; empty for a peer on a unix socket. */
  readonly address: string;
  /** 1 to 65,535; 0 when unknown. */
  readonly port: number;
}

/** What a server does for answers that go on when their handler has ended. The same object for all requests of a server. */
export interface ServerContext {
  /** Aborted with a `ServerClosingError` when the server begins to close: an answer that goes on and on ends then. */
  readonly closing: AbortSignal;
  /** The server is not closed before this has settled, except at its deadline. A rejection is reported. */
  waitUntil(work: Promise<unknown>): void;
  /** Says what went wrong where there is nobody to throw at. */
  report(report: ConsumerReport): void;
}

/** Whose connection this is. */
export interface SubjectScope {
  /** Such as `user:42`; see `closeConnections`. Middleware that adds to them keeps what is there. */
  readonly subjects: readonly string[];
}

/** What the scopes of HTTP requests and of WebSocket connections have in common: what middleware for both can ask for. */
export interface RequestScope extends SubjectScope {
  readonly url: URL;
  readonly headers: RequestHeaders;
  readonly client: ClientAddress;
  /** What the routes' paths captured, decoded. Empty until a route has matched. */
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
  /** What the client offered, in its order of preference. */
  readonly subprotocols: readonly string[];
}

/** The scope of background work: messages of one named channel. */
export interface ChannelScope {
  readonly type: "channel";
  readonly channel: string;
  readonly layer: ChannelLayer;
}
