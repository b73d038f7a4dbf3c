/**
 * One address, a handler for each method.
 * @see Django, "Class-based views", `View`. Differs: a table of functions.
 */
import { Denial } from "./application/denial.ts";
import type { Application, HttpApplication } from "./application/application.ts";
import type { Awaitable } from "./internal/promise.ts";
import { checkFunction, checkOptions } from "./internal/check-options.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

/** A handler for each method that an address takes. */
type MethodHandlers = { readonly [Method in (typeof METHODS)[number]]?: HttpApplication<never> };

/** What all of the handlers need. */
type NeedsOf<Handlers> = Handlers[keyof Handlers] extends Application<Request, infer Scope, Response> ? Scope : never;

/**
 * Chooses by the method of a request: `route("/polls/", methods({ GET: list, POST: open }))`.
 *
 * GET answers HEAD as well, whose body the server leaves out. OPTIONS is answered with 204, any other method with 405,
 * both with the methods there are in `Allow`. A handler for HEAD or OPTIONS takes precedence.
 *
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when a method is unknown, or its handler no function; their names are
 * in capitals.
 */
export function methods<const Handlers extends MethodHandlers>(handlers: Handlers): HttpApplication<NeedsOf<Handlers>> {
  checkOptions("methods", handlers, METHODS);
  for (const [method, handler] of Object.entries(handlers)) {
    if (handler !== undefined) checkFunction(method, handler);
  }
  const { GET, HEAD = GET } = handlers;
  const byName = new Map<string, HttpApplication<never> | undefined>(Object.entries({ ...handlers, HEAD }));
  const allow = METHODS.filter((method) => method === "OPTIONS" || byName.get(method) !== undefined).join(", ");
  const application = (request: Request, scope: never): Awaitable<Response | Denial> => {
    const handler = byName.get(request.method);
    if (handler !== undefined) return handler(request, scope);
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { Allow: allow } });
    return new Denial(405, `This address takes ${allow}.`, { headers: { Allow: allow } });
  };
  return application as never;
}
