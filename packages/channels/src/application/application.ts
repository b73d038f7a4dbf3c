/**
 * The contract between servers and applications: an application is a function
 * of a connection and its scope. Consumers, routers and middleware stacks are
 * applications, so they nest in any order. A fetch handler
 * `(Request) => Response` is one as well.
 *
 * @see ASGI, "(scope, receive, send)". Differs: the server pushes frames and
 * events into the handler that the application returns, so an idle connection
 * holds no pending promise.
 */
import type { Awaitable } from "../internal/promise.ts";
import type { ChannelMessage } from "../layers/layer.ts";
import type { Denial } from "./denial.ts";
import type { ChannelScope, HttpScope, WebSocketScope } from "./scope.ts";
import type { ServerSocket, SocketHandler } from "./socket.ts";

/** A function that serves one connection, or denies it. */
export interface Application<Connection, Scope, Result> {
  (connection: Connection, scope: Scope): Awaitable<Result | Denial>;
  /** Returns whether a route matches this path. Routers have it, and so do stacks around a router. */
  readonly handles?: (path: string) => boolean;
  /**
   * The names of the channels that a worker receives from. `channelNameRouter` has them, and so do stacks around it.
   */
  readonly channels?: readonly string[];
}

/** An application that answers one HTTP request. Any fetch handler is one; its second argument is the scope. */
export type HttpApplication<Scope = HttpScope> = Application<Request, Scope, Response>;

/** An application that receives a socket and answers its handshake. */
export type WebSocketApplication<Scope = WebSocketScope> = Application<ServerSocket, Scope, SocketHandler>;

/** An application that handles one message of a named channel. */
export type ChannelApplication<Scope = ChannelScope> = Application<ChannelMessage, Scope, void>;
