/** What an application is told of a request: its scope. */
import { validateHeaderName, validateHeaderValue, type IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import type { ClientAddress, ReplyHeaders, RequestHeaders } from "@lobby/channels";
import { plainAddress, type TrustedProxies } from "./trusted-proxies.ts";

/** What most connections have none of, in one piece for all. */
export const NONE: readonly never[] = Object.freeze([]);

/** What a request says of where it came from and where it goes. */
export interface RequestFacts {
  readonly url: URL;
  /** The host it was sent to, as the client wrote it. */
  readonly host: string | null;
  readonly headers: RequestHeaders;
  readonly client: ClientAddress;
}

/** The headers of a request in one list, names and values in turn: every open connection keeps them. */
class IncomingHeaders implements RequestHeaders {
  readonly #list: readonly (string | readonly string[] | undefined)[];
  constructor(headers: IncomingMessage["headers"]) {
    this.#list = Object.entries(headers).flat(1);
  }
  get(name: string): string | null {
    const wanted = name.toLowerCase();
    for (let index = 0; index < this.#list.length; index += 2) {
      if (this.#list[index] !== wanted) continue;
      const value = this.#list[index + 1];
      return typeof value === "string" ? value : (value?.join(", ") ?? null);
    }
    return null;
  }
}

/**
 * A name or address, perhaps with a port. RFC 3986 allows more, which no host's name has; in a header that an
 * application makes of its own address, such as a policy, a semicolon would begin something new.
 */
const HOST = /^[\w.:[\]-]+$/;

/** Undefined when the target or the Host header is not an address. */
export function readRequest(
  request: IncomingMessage,
  scheme: "http" | "ws",
  proxies: TrustedProxies,
): RequestFacts | undefined {
  const { socket } = request;
  const headers = new IncomingHeaders(request.headers);
  const peer = remoteAddress(request);
  const isTrusted = proxies.has(peer);
  const forwarded = (name: string): string | undefined =>
    isTrusted ? headers.get(name)?.split(",").at(0)?.trim() || undefined : undefined;

  const isSecure = (forwarded("x-forwarded-proto") ?? (socket instanceof TLSSocket ? "https" : "http")) === "https";
  const target = parseTarget(request.url ?? "/");
  const host = forwarded("x-forwarded-host") ?? target?.host ?? (request.headers.host || null);
  if (target === undefined || (host !== null && !HOST.test(host))) return undefined;
  // Of two hosts, a proxy may have looked at the other (RFC 9112 §3.2).
  if ((request.headersDistinct["host"]?.length ?? 0) > 1) return undefined;
  const url = URL.parse(`${scheme}${isSecure ? "s" : ""}://${host ?? "localhost"}${target.path}`);
  if (url === null) return undefined;
  const address = proxies.clientAddress(peer, isTrusted ? (headers.get("x-forwarded-for") ?? undefined) : undefined);
  return { url, host, headers, client: { address, port: address === peer ? (socket.remotePort ?? 0) : 0 } };
}

/** The address at the other end of the connection, a proxy's or the client's; empty on a unix socket. */
export function remoteAddress({ socket }: IncomingMessage): string {
  return plainAddress(socket.remoteAddress ?? "");
}

/** What a handshake offers, in the order of preference. */
export function offeredSubprotocols({ headers }: IncomingMessage): readonly string[] {
  return headers["sec-websocket-protocol"]?.split(",").map((name) => name.trim()) ?? NONE;
}

/** The path and query of a request target. Clients may also send a whole URL, whose host counts (RFC 9112 §3.2.2). */
function parseTarget(target: string): { readonly host?: string; readonly path: string } | undefined {
  if (target.startsWith("/")) return { path: target };
  const url = URL.parse(target);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") return undefined;
  return { host: url.host, path: `${url.pathname}${url.search}` };
}

/** Collects header lines until the answer takes them. */
export class ReplyHeaderLines implements ReplyHeaders {
  #lines: [name: string, value: string][] | undefined = [];

  append(name: string, value: string): boolean {
    if (this.#lines === undefined) return false;
    validateHeaderName(name);
    validateHeaderValue(name, value);
    this.#lines.push([name, value]);
    return true;
  }

  /** The lines, for the answer that goes out now. */
  take(): readonly (readonly [name: string, value: string])[] {
    const lines = this.#lines ?? [];
    this.#lines = undefined;
    return lines;
  }
}
