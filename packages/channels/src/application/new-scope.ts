/** Makes the scopes that servers and test clients pass to an application. */
import type { HttpScope, RequestScope, ServerContext, WebSocketScope } from "./scope.ts";

/** The facts that a server knows about a request or a connection before a route or middleware has seen it. */
export type ConnectionFacts = Omit<RequestScope, "params" | "subjects">;

/** Frozen values that all new scopes share. */
const NO_PARAMS = Object.freeze({});
const NO_SUBJECTS: readonly never[] = Object.freeze([]);

/** Returns the scope of a new HTTP request, without parameters and subjects. */
export function newHttpScope(
  { url, headers, client, reply, layer }: ConnectionFacts,
  server: ServerContext,
): HttpScope {
  return { type: "http", url, headers, client, params: NO_PARAMS, subjects: NO_SUBJECTS, reply, layer, server };
}

/**
 * Returns the scope of a new WebSocket connection, without parameters and subjects.
 * @param subprotocols The subprotocols that the client offered, in its order of preference.
 */
export function newWebSocketScope(
  { url, headers, client, reply, layer }: ConnectionFacts,
  subprotocols: readonly string[],
): WebSocketScope {
  return {
    type: "websocket",
    url,
    headers,
    client,
    subprotocols,
    params: NO_PARAMS,
    subjects: NO_SUBJECTS,
    reply,
    layer,
  };
}
