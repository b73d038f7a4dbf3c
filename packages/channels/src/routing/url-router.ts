/**
 * Routers choose an application by the scope: by its protocol, by its path or
 * by its channel. They are applications themselves and nest.
 *
 * @see Django Channels, "Routing". Differs: paths are literals whose parameters
 * are typed, and a path without a route is a 404, never an exception.
 */
import type { Application } from "../application/application.ts";
import { Denial } from "../application/denial.ts";
import { deriveScope, isDerived } from "../application/rebuild-scope.ts";
import { ConfigurationError, MalformedPathError, quote } from "../errors.ts";
import type { Remaining } from "../middleware/stack.ts";
import { PathPattern, type PathMatch, type PathParams } from "./path-pattern.ts";

/** "No route" as a value that an outer router recognises, to go on searching. */
export const NO_ROUTE: Denial = new Denial(404, "There is nothing at this address.");

/** Where the path behind an `include` travels in the scope. */
const REST = Symbol("rest of the path");

/** A scope as far as routers care. */
interface RoutedScope {
  readonly url: URL;
  readonly params: object;
  readonly [REST]?: string;
}

/** One row of a `urlRouter`. */
export interface Route<Connection, Scope, Result> {
  readonly pattern: PathPattern;
  readonly application: Application<Connection, Scope, Result>;
  /** Whether the pattern is only the beginning of the path. */
  readonly prefix: boolean;
}

/** `Scope` less the parameters that `Path` captures. */
type ScopeBefore<Scope, Path extends string> = Omit<Scope, "params"> & {
  readonly params: Remaining<ParamsOf<Scope>, PathParams<Path>>;
};

type ParamsOf<Scope> = Scope extends { readonly params: infer Params } ? Params : object;

/** The part of a scope that `Path` provides: `ScopeParams<"/chat/:room/">` is `{ params: { room: string } }`. */
export interface ScopeParams<Path extends string> {
  readonly params: PathParams<Path>;
}

/**
 * Leads a whole path to an application: `route("/ws/chat/:room/", chat)`.
 * A parameter takes one segment, decoded; it may be empty.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the path is not a pattern.
 */
export function route<const Path extends string, Connection, Scope, Result>(
  path: Path,
  application: Application<Connection, Scope, Result>,
): Route<Connection, ScopeBefore<Scope, Path>, Result> {
  return { pattern: new PathPattern(path), application: application as never, prefix: false };
}

/**
 * Leads every path that begins with `path` to a nested router, which matches
 * the rest. Parameters of both reach the consumer, the inner winning. When the
 * inner router finds nothing, the search goes on behind this route.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION unless the path ends in `/`.
 */
export function include<const Path extends string, Connection, Scope, Result>(
  path: Path,
  router: Application<Connection, Scope, Result>,
): Route<Connection, ScopeBefore<Scope, Path>, Result> {
  if (!path.endsWith("/")) {
    throw new ConfigurationError(`Expected the path of an include to end in "/", got ${quote(path)}.`);
  }
  return { pattern: new PathPattern(path), application: router as never, prefix: true };
}

/** A route as `urlRouter` takes it. It says nothing of the application, or `route` would infer from it. */
interface AnyRoute {
  readonly pattern: PathPattern;
  readonly application: unknown;
  readonly prefix: boolean;
}

type RouterOf<Routes extends readonly AnyRoute[]> = Routes extends readonly []
  ? Application<unknown, unknown, never>
  : Routes[number] extends Route<infer Connection, infer Scope, infer Result>
    ? Application<Connection, Scope, Exclude<Result, Denial>>
    : never;

/**
 * Chooses by path, first match first. The application it gives needs whatever
 * its routes need, less the parameters that their paths capture.
 *
 * Denies with 404 when nothing matches and with 400 when the path is not UTF-8.
 */
export function urlRouter<const Routes extends readonly AnyRoute[]>(routes: Routes): RouterOf<Routes> {
  const candidates = routes as readonly Route<never, never, unknown>[];
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
