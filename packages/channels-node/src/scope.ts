/** Builds the scopes of requests and connections, as they are before a route has matched. */
import type { ChannelLayer, HttpScope, ServerContext, WebSocketScope } from "@lobby/channels";
import type { ReplyHeaders } from "@lobby/channels";
import type { RequestFacts } from "./request-facts.ts";

/** Shared by all scopes. */
const NO_PARAMS = Object.freeze({});
const NO_SUBJECTS: readonly never[] = Object.freeze([]);

/** Returns the scope of an HTTP request. */
export function httpScope(
  { url, headers, client }: RequestFacts,
  reply: ReplyHeaders,
  layer: ChannelLayer,
  server: ServerContext,
): HttpScope {
  return { type: "http", url, headers, client, params: NO_PARAMS, subjects: NO_SUBJECTS, reply, layer, server };
}

/** Returns the scope of a WebSocket connection. */
export function webSocketScope(
  { url, headers, client }: RequestFacts,
  reply: ReplyHeaders,
  layer: ChannelLayer,
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
