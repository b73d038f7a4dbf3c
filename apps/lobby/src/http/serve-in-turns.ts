import { Denial, type HttpApplication, type HttpScope } from "@lobby/channels";
import type { Gate, TurnKind } from "../limits/gate.ts";
import { MAXIMUM_RETRY_AFTER_MS } from "../limits/limits.ts";
import { Refusal } from "../shared/refusal.ts";
import { requestDenial } from "../visitors/visitor-denial.ts";
import { PROBE_PATHS } from "./routes/health.ts";

/**
 * Returns an application that handles each request when its turn comes, and refuses it when its client has probably left
 * by then. A body arrives before the turn begins, so that a slow client keeps nobody waiting.
 */
export function serveInTurns(gate: Gate, application: HttpApplication): HttpApplication {
  return async (request, scope) => {
    const arrived = await withWholeBody(request);
    const turn = await takeTurn(gate, request, scope);
    if (turn instanceof Denial) return turn;
    try {
      // A client that ended its half of the connection has probably left. One that waits gets a refusal instead of silence.
      if (request.signal.aborted)
        return requestDenial(new Refusal("LOBBY_SERVER_BUSY", MAXIMUM_RETRY_AFTER_MS), scope.headers);
      return await application(arrived, scope);
    } finally {
      turn();
    }
  };
}

/** Returns the request with a body in memory. A body that fails does so again when the application reads it. */
async function withWholeBody(request: Request): Promise<Request> {
  if (request.body === null) return request;
  const { url, method, headers, signal } = request;
  try {
    return new Request(url, { method, headers, signal, body: await request.arrayBuffer() });
  } catch (error) {
    const body = new ReadableStream({ start: (controller) => controller.error(error) });
    return new Request(url, { method, headers, signal, body, duplex: "half" });
  }
}

async function takeTurn(
  gate: Gate,
  request: Request,
  { client, headers, url }: HttpScope,
): Promise<(() => void) | Denial> {
  try {
    return await gate.takeTurn(client, kindOf(request, url));
  } catch (error) {
    return requestDenial(error, headers);
  }
}

function kindOf({ method }: Request, { pathname }: URL): TurnKind {
  if (PROBE_PATHS.has(pathname)) return "probe";
  return method === "GET" || method === "HEAD" ? "read" : "write";
}
