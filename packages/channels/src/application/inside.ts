/**
 * Types that carry the scope to inline handlers: a handler infers the facts that the code around it knows.
 *
 * Every function that takes an application describes its place: `protocolRouter` the protocol, `stack` the additions of
 * its steps, `route` and `include` their parameters. The compiler infers these descriptions and never compares them, so
 * a description cannot make a wrong program compile. `missing.ts` has the check.
 */
import type { ChannelMessage } from "../layers/layer.ts";
import type { HttpApplication } from "./application.ts";
import type { Denial } from "./denial.ts";
import type { ChannelScope, HttpScope, RequestScope, WebSocketScope } from "./scope.ts";
import type { ServerSocket, SocketHandler } from "./socket.ts";

declare const INSIDE: unique symbol;

/** A carrier of `_Known`. The compiler infers an unused type parameter, and never compares it. */
// oxlint-disable-next-line no-unused-vars
interface Hints<_Known> {
  readonly [INSIDE]: "hints";
}

/** A place for an application, where the surrounding code knows `Known` of the scope. No value has the property. */
export interface Inside<Known> {
  readonly [INSIDE]?: Hints<Known> | undefined;
}

/**
 * One fact about the scope. Facts form a union of functions: a union leaves out a fact that the compiler has not
 * inferred yet, where an intersection would lose all of them.
 */
export type Knows<Scope> = (scope: Scope) => void;

/** All facts of a union as one scope. */
export type Known<K> = [K] extends [(scope: infer Scope) => void] ? Scope : unknown;

/** The connection of a handler without annotations: a request, unless the surrounding code names another protocol. */
export type InlineConnection<K> =
  Known<K> extends { readonly type: infer Type extends keyof ConnectionsByType } ? ConnectionsByType[Type] : Request;

/**
 * The scope of a handler without annotations: the facts of the surrounding code and the scope of its connection.
 */
export type InlineScope<K, Connection = Request, Adds = unknown> = (Known<K> extends { readonly type: string }
  ? unknown
  : ScopeOf<Connection>) &
  Known<K> &
  Adds;

/** The scope of each kind of connection. */
type ScopeOf<Connection> = Connection extends Request
  ? HttpScope
  : Connection extends ServerSocket
    ? WebSocketScope
    : Connection extends ChannelMessage
      ? ChannelScope
      : RequestScope;

/** The answers that an application of this kind of connection may return. */
export type AnswerTo<Connection> = Connection extends Request
  ? Response | Denial
  : Connection extends ServerSocket
    ? SocketHandler | Denial
    : unknown;

/**
 * An HTTP application whose inline handlers infer `Scope`, for routes in a file of their own.
 *
 * @example
 * export const api: HttpRoutes<HttpScope & UserScope<User>> = urlRouter([route("/me", (_request, { user }) => …)]);
 */
export type HttpRoutes<Scope = HttpScope> = HttpApplication<Scope> & Inside<Knows<Scope>>;

/** The connection of each kind of scope. */
interface ConnectionsByType {
  readonly http: Request;
  readonly websocket: ServerSocket;
  readonly channel: ChannelMessage;
}
