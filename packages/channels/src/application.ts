/**
 * The one idea of this package: an application is a function of a connection
 * and its scope. Consumers, routers and middleware stacks are all applications,
 * so they nest in any order; a fetch handler `(Request) => Response` is one too.
 *
 * @see ASGI, "(scope, receive, send)". Differs: events are pushed into the
 * handler that the application returns, so an idle connection holds no pending
 * promise and no suspended loop.
 */
import { checkClose } from "./close-codes.ts";
import { ConfigurationError, quote } from "./errors.ts";
import type { ServerFanout } from "./fanout.ts";
import { checkOptions } from "./options.ts";
import type { ChannelScope, HttpScope, WebSocketScope } from "./scope.ts";
import type { ChannelMessage } from "./layers/layer.ts";

/** A value, or a promise of it; any object with a `then` counts as one. */
export type Awaitable<T> = T | PromiseLike<T>;

/** Whether a value has to be awaited. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}

/** Serves one connection, or denies it. */
export interface Application<Connection, Scope, Result> {
  (connection: Connection, scope: Scope): Awaitable<Result | Denial>;
  /** Whether a route leads to this path; routers know, and stacks pass it on. */
  readonly handles?: (path: string) => boolean;
  /** The channels it serves, for a worker to listen to; routers know, and stacks pass it on. */
  readonly channels?: readonly string[];
}

/** Any fetch handler. Its second argument is the scope. */
export type HttpApplication<Scope = HttpScope> = Application<Request, Scope, Response>;

/** Takes a socket whose handshake is not answered yet. */
export type WebSocketApplication<Scope = WebSocketScope> = Application<ServerSocket, Scope, SocketHandler>;

/** Takes one message of a named channel. */
export type ChannelApplication<Scope = ChannelScope> = Application<ChannelMessage, Scope, void>;

/** What else the answer of a denial carries. */
export interface DenialOptions {
  /** Such as `Retry-After`, or the `Content-Type` of the body. Default: plain text in UTF-8. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the reason, and a line feed. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /**
   * Browsers do not tell a page how a handshake was denied. With a close code, the handshake of a socket or an event
   * stream is completed, and the connection closed at once with this code and the reason: a page sees both. A plain
   * request gets the response as ever.
   */
  readonly closeCode?: number;
}

/**
 * "No" to a connection before it opens. The peer sees an HTTP response with these values.
 * @see ASGI, "WebSocket Denial Response".
 */
export class Denial {
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** One sentence for the peer. */
  readonly reason: string;
  readonly headers: Headers;
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly closeCode: number | undefined;
  /**
   * @param status Default 403.
   * @param reason Default "The request was refused."
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the status is not one of an error, a header is malformed,
   * or an option is unknown.
   * @throws {InvalidCloseError} CHANNELS_INVALID_CLOSE when a socket cannot be closed with the close code and the reason.
   */
  constructor(status = 403, reason = "The request was refused.", options: DenialOptions = {}) {
    checkOptions("A denial", options, ["headers", "body", "closeCode"]);
    const { headers = {}, body = `${reason}\n`, closeCode } = options;
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new ConfigurationError(`Expected the status of a denial to be from 400 to 599, got ${status}.`);
    }
    this.status = status;
    this.reason = reason;
    if (closeCode !== undefined) checkClose(closeCode, reason);
    this.body = body;
    this.closeCode = closeCode;
    this.headers = new Headers({ "Content-Type": "text/plain; charset=utf-8" });
    for (const [name, value] of Object.entries(headers)) setHeader(this.headers, name, value);
  }

  toResponse(): Response {
    return new Response(this.body, { status: this.status, headers: this.headers });
  }
}

function setHeader(headers: Headers, name: string, value: string): void {
  try {
    headers.set(name, value);
  } catch {
    throw new ConfigurationError(`Expected a valid header, got ${quote(name)}: ${quote(value)}.`);
  }
}

/** What went wrong in a consumer, as its server gets to know it. */
export interface ConsumerReport {
  /** `error`: a handler failed. `warning`: nothing was lost, but somebody should look. */
  readonly level: "error" | "warning";
  /** The class name of the consumer. */
  readonly consumer: string;
  /** What was running: `constructor`, `connect`, `receive`, `disconnect` or the type of an event. */
  readonly event: string;
  /** The value that was thrown, or a `ChannelsError` that describes the warning. */
  readonly error: unknown;
}

/** The server's half of one WebSocket: what an application can do to the peer. */
export interface ServerSocket<Frame = unknown> {
  /** Shared by every socket of one server, and made by `createFanout` of `@lobby/channels/server`. */
  readonly fanout: ServerFanout<Frame>;
  /** Completes the handshake; the headers of `scope.reply` go out with it. */
  accept(subprotocol: string | undefined): void;
  /** Answers the handshake with an HTTP error instead; with a `closeCode`, completes and closes it. */
  deny(denial: Denial): void;
  /** Queues one encoded frame, or several joined ones, for the peer. Ignored when it is too late for them. */
  write(frame: Frame): void;
  /** What is written until `uncork` may go out in one piece. */
  cork(): void;
  uncork(): void;
  /** Starts the closing handshake. A peer that was not read is read again, or its half of it would never come. */
  close(code: number, reason: string): void;
  /** Stops and resumes reading from the peer. What was read by then is still handed over, within `resume` at the earliest. */
  pause(): void;
  resume(): void;
}

/** The application's half of one WebSocket: what the server tells it. */
export interface SocketHandler {
  /** Called once, first: decide the handshake. */
  open(): void;
  /** One whole message of the peer. Never called before `open`. */
  receive(data: string | Uint8Array): void;
  /**
   * Nothing reaches the peer from here on: the connection is being closed, by
   * whomever, or its handshake was answered without the application. `close` follows.
   */
  closing(): void;
  /**
   * The peer is gone; called exactly once.
   * @param code 1005 when the peer gave none, 1006 when the connection was lost;
   * when the peer broke the protocol, the code with which it was closed.
   */
  close(code: number, reason: string): void;
  /** Resolves when no handler is running and none is waiting to run. */
  settled(): Promise<void>;
}
