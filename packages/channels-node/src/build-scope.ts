/** Builds the scopes of requests and connections, before routers and middleware add to them. */
import type { ChannelLayer, HttpScope, ServerContext, WebSocketScope } from "@lobby/channels";
import type { ReplyHeaders } from "@lobby/channels";
import type { RequestFacts } from "./request-facts.ts";

/** The empty values that all scopes share. */
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
