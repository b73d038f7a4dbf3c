import type { MiddlewareHandler } from "hono";
import type { Env } from "./context.ts";

/** Returns a middleware that answers a request for a host other than the public one with 421. */
export function requireHost(publicUrl: URL | undefined): MiddlewareHandler<Env> {
  return async (context, next) => {
    const { visitor, url } = context.env;
    // Some proxies drop the port, so the check ignores it.
    if (publicUrl === undefined || url.hostname === publicUrl.hostname) return next();
    return context.text(`${visitor.phrases.errors.misdirected(publicUrl.href)}\n`, 421);
  };
}
