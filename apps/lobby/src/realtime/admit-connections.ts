import type { Denial, RequestHeaders } from "@lobby/channels";
import type { Client, Gate } from "../limits/gate.ts";
import { requestDenial } from "../visitors/visitor-denial.ts";

/** A request or a handshake, as far as limits are concerned. */
interface Arrival {
  readonly type: "http" | "websocket";
  readonly headers: RequestHeaders;
  readonly client: Client;
}

/**
 * Returns a function for the option `admit` of the server. It counts WebSockets until they end, and denies one above the
 * limits in the visitor's language. Reading is free: it admits every HTTP request.
 */
export function admitConnections(gate: Gate): (arrival: Arrival) => Denial | (() => void) | undefined {
  return ({ type, headers, client }) => {
    if (type === "http") return undefined;
    try {
      return gate.connect(client);
    } catch (error) {
      return requestDenial(error, headers);
    }
  };
}
