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

/** A place whose surroundings know `Known` of the scope. No value has the property. */
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

/** The connection of a handler without annotations: a request, unless the surroundings name another protocol. */
export type InlineConnection<K> =
  Known<K> extends { readonly type: infer Type extends keyof Connections } ? Connections[Type] : Request;

/**
 * The scope of a handler without annotations: all that the surroundings know, and the scope of its kind of connection.
 */
export type InlineScope<K, Connection = Request, Adds = unknown> = (Known<K> extends { readonly type: string }
  ? unknown
  : ScopeOf<Connection>) &
  Known<K> &
  Adds;

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
 * An HTTP application that infers `Scope` inside, for routes in a file of their own.
 * @example
 * export const api: HttpRoutes<HttpScope & UserScope<User>> = urlRouter([route("/me", (_request, { user }) => …)]);
 */
export type HttpRoutes<Scope = HttpScope> = HttpApplication<Scope> & Inside<Knows<Scope>>;

interface Connections {
  readonly http: Request;
  readonly websocket: ServerSocket;
  readonly channel: ChannelMessage;
}
