/**
 * Middleware looks at a scope before a connection opens, and adds to it or
 * denies the connection. What it adds shows in the scope type of the consumer
 * behind it; a consumer that needs what nobody added does not compile.
 *
 * @see Django Channels, "Middleware". Differs: a function of the scope alone,
 * so one instance serves every connection and there is no state to leak.
 */
import { Denial } from "../application/denial.ts";
import type { Application } from "../application/application.ts";
import type { Awaitable } from "../internal/promise.ts";
import { deriveScope } from "../application/rebuild-scope.ts";
import { StackDerivation, type Step } from "./stack-derivation.ts";

/** Returns what it adds to the scope, or a `Denial`. */
export type Middleware<Needs, Adds> = (scope: Needs) => Awaitable<Adds | Denial>;

type AnyMiddleware = Middleware<never, object>;
type NeedsOf<M> = M extends (scope: infer Needs) => unknown ? Needs : never;
type AddsOf<M> = M extends (scope: never) => infer Result ? Exclude<Awaited<Result>, Denial> : never;

/** What is left of `Needs` once `Given` is there: a key given with the wrong type stays needed. */
export type Remaining<Needs, Given> = {
  readonly [K in keyof Needs as K extends keyof Given ? (Given[K] extends Needs[K] ? never : K) : K]: Needs[K];
};

type StackNeeds<Ms, Given = unknown> = Ms extends readonly [infer First, ...infer Rest]
  ? Remaining<NeedsOf<First>, Given> & StackNeeds<Rest, Given & AddsOf<First>>
  : unknown;

type StackAdds<Ms> = Ms extends readonly [infer First, ...infer Rest] ? AddsOf<First> & StackAdds<Rest> : unknown;

/** Middleware around an application of any protocol. */
export type Stack<Needs, Adds> = <Connection, Scope, Result>(
  application: Application<Connection, Scope, Result>,
) => Application<Connection, Needs & Remaining<Scope, Adds>, Result>;

/**
 * Composes middleware, first to last, into one wrapper for applications:
 * `stack(cookies(), session(options))(urlRouter(routes))`.
 *
 * A later middleware sees what earlier ones added. The first `Denial` ends it,
 * and the application is not called.
 */
export function stack<const Ms extends readonly AnyMiddleware[]>(
  ...middleware: Ms
): Stack<StackNeeds<Ms>, StackAdds<Ms>> {
  const derivation = new StackDerivation(middleware as readonly unknown[] as readonly Step[]);
  return (application) => {
    const wrapped = async (connection: Parameters<typeof application>[0], scope: object) => {
      const inner = await deriveScope(scope, derivation);
      return inner instanceof Denial ? inner : application(connection, inner as never);
    };
    const { handles, channels } = application;
    return Object.assign(wrapped, handles && { handles }, channels && { channels });
  };
}
