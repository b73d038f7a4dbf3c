import type { Handler } from "hono";
import type { Env } from "../context.ts";

/** The paths that probes ask for. */
export const PROBE_PATHS: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/**
 * Returns the handlers of the health checks.
 * @param checkReadiness Returns why the server cannot serve; undefined when it can.
 */
export function healthRoutes(
  checkReadiness: () => Promise<string | undefined>,
): Readonly<Record<"alive" | "ready", Handler<Env>>> {
  return {
    alive: (context) => context.json({ status: "alive" }),
    ready: async (context) => {
      const reason = await checkReadiness();
      return reason === undefined
        ? context.json({ status: "ready" })
        : context.json({ status: "not ready", reason }, 503);
    },
  };
}
