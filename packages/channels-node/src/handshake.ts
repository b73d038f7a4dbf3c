/** Validates WebSocket handshakes (RFC 6455 §4.2). */
import type { IncomingMessage } from "node:http";
import { Denial } from "@lobby/channels";
import { ReplyHeaderLines } from "./reply-headers.ts";
import { hasBody } from "./request-body.ts";

/** An unanswered handshake. */
export interface Handshake {
  readonly request: IncomingMessage;
  /** The bytes that the client sent directly after the request. */
  readonly head: Buffer;
  /** The subprotocols that the client offers, in its order of preference. */
  readonly subprotocols: readonly string[];
  readonly reply: ReplyHeaderLines;
}

const NO_SUBPROTOCOLS: readonly never[] = Object.freeze([]);

/** Returns whether a request asks for a WebSocket. Other upgrades are served as plain HTTP (RFC 9110 §7.8). */
export function isHandshake({ headers, httpVersionMajor, httpVersionMinor }: IncomingMessage): boolean {
  // Most requests have no such header, so it comes first.
  const isUpgrade = headers.upgrade?.toLowerCase() === "websocket" && /\bupgrade\b/i.test(headers.connection ?? "");
  return isUpgrade && httpVersionMajor === 1 && httpVersionMinor >= 1;
}

/** Returns the handshake that an `upgrade` event of `node:http` begins. */
export function beginHandshake(request: IncomingMessage, head: Buffer): Handshake {
  const offered = request.headers["sec-websocket-protocol"];
  const subprotocols = offered?.split(",").map((name) => name.trim()) ?? NO_SUBPROTOCOLS;
  return { request, head, subprotocols, reply: new ReplyHeaderLines() };
}

/** Returns the denial of a handshake that breaks RFC 6455 §4.2.1; undefined for a valid one. */
export function handshakeDenial({ request, subprotocols, reply }: Handshake): Denial | undefined {
  const { method, headers } = request;
  if (method !== "GET") {
    reply.append("Allow", "GET");
    return new Denial(405, "Open a WebSocket with GET.");
  }
  if (headers["sec-websocket-version"] !== "13") {
    reply.append("Upgrade", "websocket");
    reply.append("Sec-WebSocket-Version", "13");
    return new Denial(426, "Open a WebSocket with version 13 of the protocol.");
  }
  if (hasBody(request)) return new Denial(400, "A WebSocket handshake has no body.");
  if (headers.host === undefined) return new Denial(400, "The Host header is missing.");
  if (!/^[+/0-9A-Za-z]{22}==$/.test(headers["sec-websocket-key"] ?? "")) {
    return new Denial(400, "The Sec-WebSocket-Key header is missing or malformed.");
  }
  if (!subprotocols.every(isToken) || new Set(subprotocols).size < subprotocols.length) {
    return new Denial(400, "The Sec-WebSocket-Protocol header is malformed.");
  }
  return undefined;
}

/** Returns whether a name is a token (RFC 9110 §5.6.2). */
function isToken(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name);
}
