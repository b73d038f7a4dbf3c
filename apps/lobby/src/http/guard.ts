import { Denial, type Middleware } from "@lobby/channels";
import type { MiddlewareHandler } from "hono";
import type { Env, RequestContext } from "./context.ts";

/** Returns a Hono middleware that runs a check of the framework, and responds to its denial. */
export function guard(
  check: Middleware<Env["Bindings"], object>,
  respond: (denial: Denial, context: RequestContext) => Response,
): MiddlewareHandler<Env> {
  return async (context, next) => {
    const result = await check(context.env);
    return result instanceof Denial ? respond(result, context) : next();
  };
}
