import type { Handler } from "hono";
import type { Env } from "../context.ts";

/** Returns the handlers of the health checks. The promise of `checkReadiness` rejects when the server cannot serve. */
export function healthRoutes(checkReadiness: () => Promise<void>): Readonly<Record<"alive" | "ready", Handler<Env>>> {
  return {
    alive: (context) => context.json({ status: "alive" }),
    ready: async (context) => {
      try {
        await checkReadiness();
        return context.json({ status: "ready" });
      } catch {
        return context.json({ status: "not ready" }, 503);
      }
    },
  };
}
