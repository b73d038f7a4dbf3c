/**
 * Composes middleware. Middleware reads a scope before a connection opens, and adds to the scope or denies the
 * connection. The type of a handler's scope has the additions of the middleware around it. A handler that needs more does
 * not compile.
 *
 * @see Django Channels, "Middleware". Differs: a middleware is a function of the scope, and one function serves every
 * connection.
 */
import type { Application } from "../application/application.ts";
import { checkApplication } from "../application/check-application.ts";
import { Denial } from "../application/denial.ts";
import type { AnswerTo, InlineConnection, InlineScope, Inside, Knows } from "../application/inside.ts";
import { deriveScope } from "../application/rebuild-scope.ts";
import type { ChannelScope, HttpScope, RequestScope, WebSocketScope } from "../application/scope.ts";
import { checkFunction } from "../internal/check-options.ts";
import type { Awaitable } from "../internal/promise.ts";
import { StackDerivation, type Step } from "./stack-derivation.ts";

/** A function that returns its additions to the scope, or a `Denial`. It may also throw a `Denial`. */
export type Middleware<Needs, Adds> = (scope: Needs) => Awaitable<Adds | Denial>;

/** The properties of `Needs` that `Given` lacks, or has with another type. */
export type Remaining<Needs, Given> = {
  readonly [K in keyof Needs as K extends keyof Given ? (Given[K] extends Needs[K] ? never : K) : K]: Needs[K];
};

/** The scope that a wrapped application needs from outside. An unstated scope stays, so that the root refuses it. */
type NeedsAround<Needs, Scope, Adds> = undefined extends Scope ? NoInfer<Scope> : Needs & Remaining<Scope, Adds>;

/** The scope of a step without annotations: of a request or a WebSocket, unless an earlier step names one protocol. */
type StepScope<Needs, Adds> = Adds &
  ([Needs] extends [{ readonly type: infer Type extends keyof Scopes }] ? Scopes[Type] : RequestScope);

interface Scopes {
  readonly http: HttpScope;
  readonly websocket: WebSocketScope;
  readonly channel: ChannelScope;
}

/**
 * A function that wraps an application of any protocol in middleware. It throws `ConfigurationError`
 * CHANNELS_CONFIGURATION when the application is not a function. The wrapped application throws it when a step returns
 * neither an object nor a `Denial`.
 */
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
   * Returns a new stack that runs one more step after all others.
   * @example
   * const withMember = authStack<User>(options).use(({ user }) => (user === undefined ? new Denial(401) : { user }));
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the step is not a function.
   */
  use<StepNeeds = StepScope<Needs, Adds>, StepAdds extends object = object>(
    step: Middleware<StepNeeds, StepAdds>,
  ): Stack<Needs & Remaining<StepNeeds, Adds>, Adds & StepAdds>;
  /** Carries the type of the additions for the compiler. Undefined at run time. */
  readonly "~adds"?: Adds;
}

/**
 * Returns a stack of up to four middleware, which runs them in order. `use` adds further ones.
 *
 * Each step receives the additions of all earlier steps. The first `Denial` ends the run, and the application does not
 * run.
 * @example
 * const withSession = stack(cookies(), sessions({ store }));
 * const page = withSession(async (_request, { session }) => new Response(String(await session.get("name"))));
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when a middleware is not a function.
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
  for (const step of steps) checkFunction("middleware", step);
  const derivation = new StackDerivation(steps);
  const wrap = (application: Application<unknown, object, unknown>): Application<unknown, object, unknown> => {
    checkApplication("application", application);
    const wrapped = async (connection: unknown, scope: object): Promise<unknown> => {
      const inner = await deriveScope(scope, derivation);
      return inner instanceof Denial ? inner : application(connection, inner);
    };
    const { handles, channels } = application;
    return Object.assign(wrapped, handles && { handles }, channels && { channels });
  };
  return Object.assign(wrap, { use: (step: Step) => stackOf([...steps, step]) });
}
