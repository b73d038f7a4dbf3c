/** WebSocket handshakes by hand: what the server answers, and the bare connection behind it. */
import { request, type IncomingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { soon } from "@lobby/test-support/waiting";

/** The answer to a handshake. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What a refusal says. */
  readonly body: string;
  /** Open when the status is 101. */
  readonly socket: Duplex | undefined;
}

/** Asks for a WebSocket. The path goes out as it is written here. */
export function handshake(
  origin: string,
  path: string,
  headers: Readonly<Record<string, string | undefined>> = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const all = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  const outgoing = request(origin, { path, headers: given });
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
  return soon(promise, `an answer to the handshake of ${path}`);
}
