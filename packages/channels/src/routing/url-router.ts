/**
 * Routes requests and connections to applications by their path. Routers are applications, so they nest.
 *
 * @see Django Channels, "Routing". Differs: a path is a literal, and the compiler knows its parameters. A router
 * denies a path without a route with 404 instead of raising an exception.
 */
import type { Application } from "../application/application.ts";
import { checkApplication } from "../application/check-application.ts";
import { Denial } from "../application/denial.ts";
import type { AnswerTo, InlineConnection, InlineScope, Inside, Knows } from "../application/inside.ts";
import type { ProvidedHere } from "../application/missing.ts";
import type { PathParams, ScopeParams } from "../application/path-params.ts";
import { deriveScope, isDerived } from "../application/rebuild-scope.ts";
import { describeValue, quote } from "../describe-value.ts";
import { ConfigurationError, MalformedPathError } from "../errors.ts";
import type { Remaining } from "../middleware/stack.ts";
import { PathPattern, type PathMatch } from "./path-pattern.ts";

/** The answer of a router without a matching route. An outer router that receives this object tries its next route. */
export const NO_ROUTE: Denial = new Denial(404, "There is nothing at this address.");

/** The scope's key for the rest of the path after an `include`. */
const REST = Symbol("rest of the path");

/** The part of a scope that routers read. */
interface RoutedScope {
  readonly url: URL;
  readonly params: object;
  readonly [REST]?: string;
}

/** One row of a `urlRouter`. */
export interface Route<Connection, Scope, Result> {
  readonly pattern: PathPattern;
  readonly application: Application<Connection, Scope, Result>;
  /** Whether the pattern also matches the beginning of a longer path. */
  readonly prefix: boolean;
}

/**
 * The scope that a route needs from outside, without the parameters `Names` of its path. Only the names of parameters
 * count, and a scope without parameters stays the same type. So the compiler checks routes with the same needs once.
 */
type ScopeBefore<Scope, Names extends string> = [keyof ParamsOf<Scope>] extends [never]
  ? Scope
  : Omit<Scope, "params"> & {
      readonly params: ParamsLeft<Remaining<ParamsOf<Scope>, Readonly<Record<Names, string>>>>;
    };

type ParamsLeft<Params> = [keyof Params] extends [never] ? object : Params;

type NamesOf<Path extends string> = keyof PathParams<Path> & string;

type ParamsOf<Scope> = Scope extends { readonly params: infer Params } ? Params : object;

/**
 * Returns a route from a whole path to an application. An inline handler infers its scope: the parameters, and the
 * additions of the middleware around the route.
 * @param path A pattern such as `/rooms/:room/`. A parameter is one decoded segment, and may be empty.
 * @example
 * route("/rooms/:room/", (_request, { params }) => new Response(params.room));
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the path is not a valid pattern, or the application is not a
 * function.
 */
export function route<
  const Path extends string,
  K = never,
  Connection = InlineConnection<K>,
  Scope = InlineScope<K, Connection>,
  Result extends AnswerTo<Connection> = AnswerTo<Connection>,
>(
  path: Path & ProvidedHere<NoInfer<Connection>, NoInfer<Scope>, NoInfer<K>, ScopeParams<NoInfer<Path>>>,
  application: Application<Connection, Scope & ScopeParams<NoInfer<Path>>, Result> &
    Inside<K | Knows<ScopeParams<NoInfer<Path>>>>,
): Route<Connection, ScopeBefore<Scope, NamesOf<Path>>, Result> & Inside<K> {
  const pattern = new PathPattern(path);
  checkApplication("application", application);
  return { pattern, application: application as never, prefix: false };
}

/**
 * Returns a route from every path that begins with `path` to a nested router, which matches the rest of the path.
 * Handlers receive the parameters of both patterns. Of two parameters with one name, they receive the inner one. When
 * the nested router has no route, the outer router tries its next route.
 * @example
 * urlRouter([include("/chat/", urlRouter([route("/:room/", room)]))]);
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the path does not end in `/` or is not a valid pattern, or the
 * router is not a function.
 */
export function include<
  const Path extends string,
  K = never,
  Connection = InlineConnection<K>,
  Scope = InlineScope<K, Connection>,
  Result extends AnswerTo<Connection> = AnswerTo<Connection>,
>(
  path: Path & ProvidedHere<NoInfer<Connection>, NoInfer<Scope>, NoInfer<K>, ScopeParams<NoInfer<Path>>>,
  router: Application<Connection, Scope & ScopeParams<NoInfer<Path>>, Result> &
    Inside<K | Knows<ScopeParams<NoInfer<Path>>>>,
): Route<Connection, ScopeBefore<Scope, NamesOf<Path>>, Result> & Inside<K> {
  const pattern = new PathPattern(path);
  if (!path.endsWith("/")) {
    throw new ConfigurationError(`Expected the path of an include to end in "/", got ${quote(path)}.`);
  }
  checkApplication("router", router);
  return { pattern, application: router as never, prefix: true };
}

/** A route of any application. Its types do not take part in the inference of `route`. */
interface AnyRoute {
  readonly pattern: PathPattern;
  readonly application: unknown;
  readonly prefix: boolean;
}

type RouterOf<Routes extends readonly AnyRoute[]> = Routes extends readonly []
  ? Application<unknown, object, never>
  : Routes[number] extends Route<infer Connection, infer Scope, infer Result>
    ? Application<Connection, Scope, Exclude<Result, Denial>>
    : never;

/**
 * Returns an application that passes each connection to the first route that matches its path. It denies a path without
 * a route with 404, and a path that is not UTF-8 with 400. The scope of the router must have everything that its routes
 * need, except the parameters of their paths.
 * @example
 * urlRouter([route("/", index), route("/rooms/:room/", room)]);
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when `routes` is not a list of routes.
 */
export function urlRouter<const Routes extends readonly AnyRoute[], K = never>(
  routes: Routes & readonly Inside<K>[],
): RouterOf<Routes> & Inside<K> {
  checkRoutes(routes);
  const candidates = routes as readonly AnyRoute[] as readonly Route<never, never, unknown>[];
  const router = async (connection: never, scope: RoutedScope): Promise<unknown> => {
    const path = scope[REST] ?? scope.url.pathname;
    for (const candidate of candidates) {
      const found = matchRoute(candidate, path);
      if (found === undefined) continue;
      if (found instanceof Denial) return found;
      const derive = (outer: object): RoutedScope => narrowed(outer as RoutedScope, found);
      const inner = isDerived(scope) ? await deriveScope(scope, { derive }) : derive(scope);
      const result = await candidate.application(connection, inner as never);
      if (result !== NO_ROUTE) return result;
    }
    return NO_ROUTE;
  };
  const handles = (path: string): boolean =>
    candidates.some((candidate) => {
      const found = matchRoute(candidate, path);
      if (found === undefined) return false;
      if (found instanceof Denial || !candidate.prefix) return true;
      return candidate.application.handles?.(found.rest) ?? true;
    });
  return Object.assign(router, { handles }) as never;
}

function checkRoutes(routes: unknown): void {
  const isList = Array.isArray(routes);
  const wrong: readonly unknown[] = isList
    ? routes.filter((each) => !(Object(each).pattern instanceof PathPattern))
    : [routes];
  if (wrong.length === 0) return;
  const got = `${describeValue(wrong[0])}${isList ? " in it" : ""}`;
  throw new ConfigurationError(`Expected \`routes\` to be a list of results of \`route\` and \`include\`, got ${got}.`);
}

function narrowed(scope: RoutedScope, { params, rest }: PathMatch): RoutedScope {
  return { ...scope, params: { ...scope.params, ...params }, [REST]: rest };
}

function matchRoute(candidate: AnyRoute, path: string): PathMatch | Denial | undefined {
  try {
    return candidate.pattern.match(path, candidate.prefix);
  } catch (error) {
    if (error instanceof MalformedPathError) return new Denial(400, error.message);
    throw error;
  }
}
