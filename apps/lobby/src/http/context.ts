import type { HttpScope } from "@lobby/channels";
import type { Context } from "hono";
import type { VisitorScope } from "../visitors/visitor.ts";

/** Hono's environment: the scope of the request is in `context.env`. */
export interface Env {
  Bindings: HttpScope & VisitorScope;
}

/** The context of one request. */
export type RequestContext = Context<Env>;

/** Tells whether the client, such as the browser's script, asks for JSON instead of a page. */
export function wantsJson(context: RequestContext): boolean {
  return context.req.header("accept")?.includes("application/json") === true;
}
