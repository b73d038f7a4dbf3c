import { request, type IncomingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { soon } from "@lobby/test-support/waiting";

/** The response to a handshake. */
export interface HandshakeResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body of a denial. */
  readonly body: string;
  /** The raw connection, for status 101. */
  readonly socket: Duplex | undefined;
}

/** Sends a WebSocket handshake. The path reaches the server exactly as it is written here. */
export function sendHandshake(
  origin: string,
  path: string,
  headers: Readonly<Record<string, string | undefined>> = {},
): Promise<HandshakeResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<HandshakeResponse>();
  const all = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  };
  const defined = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  const outgoing = request(origin, { path, headers: defined });
  outgoing.on("error", reject);
  outgoing.on("upgrade", (response, socket) => {
    resolve({ status: response.statusCode ?? 0, headers: response.headers, body: "", socket });
  });
  outgoing.on("response", (response) => {
    text(response).then(
      (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body, socket: undefined }),
      reject,
    );
  });
  outgoing.end();
  return soon(promise, `a response to the handshake of ${path}`);
}
