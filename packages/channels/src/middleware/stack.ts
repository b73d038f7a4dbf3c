/**
 * Middleware reads a scope before a connection opens, and adds to it or denies the connection. The type of the scope
 * that a handler gets has all that the middleware around it adds. A handler that needs more does not compile.
 *
 * @see Django Channels, "Middleware". Differs: a middleware is a function of the scope alone, so one instance serves
 * every connection and keeps no state between them.
 */
import type { Application } from "../application/application.ts";
import { Denial } from "../application/denial.ts";
import type { AnswerTo, InlineConnection, InlineScope, Inside, Knows } from "../application/inside.ts";
import { deriveScope } from "../application/rebuild-scope.ts";
import type { ChannelScope, HttpScope, RequestScope, WebSocketScope } from "../application/scope.ts";
import type { Awaitable } from "../internal/promise.ts";
import { StackDerivation, type Step } from "./stack-derivation.ts";

/** A function that returns the properties it adds to the scope, or a `Denial`. It may throw the `Denial` as well. */
export type Middleware<Needs, Adds> = (scope: Needs) => Awaitable<Adds | Denial>;

/** The part of `Needs` that `Given` leaves open. A property that `Given` has with another type stays open. */
export type Remaining<Needs, Given> = {
  readonly [K in keyof Needs as K extends keyof Given ? (Given[K] extends Needs[K] ? never : K) : K]: Needs[K];
};

/** The scope that is needed outside a stack. A handler that does not state its scope keeps it: the root refuses it. */
type NeedsAround<Needs, Scope, Adds> = undefined extends Scope ? NoInfer<Scope> : Needs & Remaining<Scope, Adds>;

/** The scope of a step without annotations: of a request or a WebSocket, unless an earlier step names one protocol. */
type StepScope<Needs, Adds> = Adds &
  ([Needs] extends [{ readonly type: infer Type extends keyof Scopes }] ? Scopes[Type] : RequestScope);

interface Scopes {
  readonly http: HttpScope;
  readonly websocket: WebSocketScope;
  readonly channel: ChannelScope;
}

/** A function that puts middleware around an application of any protocol. */
export interface Stack<Needs, Adds> {
  <
    K = never,
    Connection = InlineConnection<K>,
    Scope = InlineScope<K, Connection, Adds>,
    Result extends AnswerTo<Connection> = AnswerTo<Connection>,
  >(
    application: Application<Connection, Scope, Result> & Inside<K | Knows<Adds>>,
  ): Application<Connection, NeedsAround<Needs, Scope, Adds>, Result> & Inside<K>;
  /**
   * Returns a new stack that runs one more step, after all others.
   * @example
   * const withMember = authStack<User>(options).use(({ user }) => (user === undefined ? new Denial(401) : { user }));
   */
  use<StepNeeds = StepScope<Needs, Adds>, StepAdds extends object = object>(
    step: Middleware<StepNeeds, StepAdds>,
  ): Stack<Needs & Remaining<StepNeeds, Adds>, Adds & StepAdds>;
  /** The properties that the stack adds, for the compiler. No value has the property. */
  readonly "~adds"?: Adds;
}

/**
 * Composes up to four middleware into a stack, which runs them in order: `stack(cookies(), sessions(options))`. `use`
 * adds further ones.
 *
 * Each step sees the properties that earlier steps added. The first `Denial` ends the run: the application does not
 * run.
 */
export function stack(): Stack<unknown, object>;
export function stack<N1 = RequestScope, A1 extends object = object>(first: Middleware<N1, A1>): Stack<N1, A1>;
export function stack<
  N1 = RequestScope,
  A1 extends object = object,
  N2 = StepScope<N1, A1>,
  A2 extends object = object,
>(first: Middleware<N1, A1>, second: Middleware<N2, A2>): Stack<N1 & Remaining<N2, A1>, A1 & A2>;
export function stack<
  N1 = RequestScope,
  A1 extends object = object,
  N2 = StepScope<N1, A1>,
  A2 extends object = object,
  N3 = StepScope<N1 & N2, A1 & A2>,
  A3 extends object = object,
>(
  first: Middleware<N1, A1>,
  second: Middleware<N2, A2>,
  third: Middleware<N3, A3>,
): Stack<N1 & Remaining<N2, A1> & Remaining<N3, A1 & A2>, A1 & A2 & A3>;
export function stack<
  N1 = RequestScope,
  A1 extends object = object,
  N2 = StepScope<N1, A1>,
  A2 extends object = object,
  N3 = StepScope<N1 & N2, A1 & A2>,
  A3 extends object = object,
  N4 = StepScope<N1 & N2 & N3, A1 & A2 & A3>,
  A4 extends object = object,
>(
  first: Middleware<N1, A1>,
  second: Middleware<N2, A2>,
  third: Middleware<N3, A3>,
  fourth: Middleware<N4, A4>,
): Stack<N1 & Remaining<N2, A1> & Remaining<N3, A1 & A2> & Remaining<N4, A1 & A2 & A3>, A1 & A2 & A3 & A4>;
export function stack(...steps: readonly Middleware<never, object>[]): unknown {
  return stackOf(steps as readonly unknown[] as readonly Step[]);
}

function stackOf(steps: readonly Step[]): unknown {
  const derivation = new StackDerivation(steps);
  const wrap = (application: Application<unknown, object, unknown>): Application<unknown, object, unknown> => {
    const wrapped = async (connection: unknown, scope: object): Promise<unknown> => {
      const inner = await deriveScope(scope, derivation);
      return inner instanceof Denial ? inner : application(connection, inner);
    };
    const { handles, channels } = application;
    return Object.assign(wrapped, handles && { handles }, channels && { channels });
  };
  return Object.assign(wrap, { use: (step: Step) => stackOf([...steps, step]) });
}
