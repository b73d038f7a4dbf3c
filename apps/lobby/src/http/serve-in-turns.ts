import { Denial, type HttpApplication, type HttpScope } from "@lobby/channels";
import type { Gate } from "../limits/gate.ts";
import { phrasesIn, preferredLanguage } from "../locale/languages.ts";
import { visitorDenial } from "../visitors/visitor-denial.ts";

/** Returns an application that handles each request when its turn comes, and drops it when its client has left by then. */
export function serveInTurns(gate: Gate, application: HttpApplication): HttpApplication {
  return async (request, scope) => {
    const turn = await takeTurn(gate, scope);
    if (turn instanceof Denial) return turn;
    try {
      request.signal.throwIfAborted();
      return await application(request, scope);
    } finally {
      turn();
    }
  };
}

async function takeTurn(gate: Gate, { client, headers }: HttpScope): Promise<(() => void) | Denial> {
  try {
    return await gate.takeTurn(client);
  } catch (error) {
    return visitorDenial(error, phrasesIn(preferredLanguage(headers.get("accept-language"))));
  }
}
