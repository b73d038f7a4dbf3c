import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import type { ClientAddress } from "@lobby/channels/server";
import type { RequestHeaders } from "@lobby/channels";
import { IncomingHeaders } from "./request-headers.ts";
import { plainAddress, type TrustedProxies } from "./trusted-proxies.ts";

/** The facts about a request that its scope contains. */
export interface RequestFacts {
  readonly url: URL;
  /** The host that a trusted proxy forwards, of a whole-URL target, or of the Host header, in this order; else null. */
  readonly host: string | null;
  readonly headers: RequestHeaders;
  readonly client: ClientAddress;
}

/**
 * A host name or address with an optional port. RFC 3986 allows more characters, which no host name contains. An
 * application that writes its own address into a header, such as a content security policy, relies on this.
 */
const HOST = /^[\w.:[\]-]+$/;

/** Returns the facts about a request; undefined when its target or its host does not form an address. */
export function readFacts(
  request: IncomingMessage,
  scheme: "http" | "ws",
  proxies: TrustedProxies,
): RequestFacts | undefined {
  const { socket } = request;
  const headers = new IncomingHeaders(request.headers);
  const sender = remoteAddress(request);
  const isTrusted = proxies.has(sender);
  const forwarded = (name: string): string | undefined =>
    isTrusted ? headers.get(name)?.split(",").at(0)?.trim() || undefined : undefined;

  const isSecure = (forwarded("x-forwarded-proto") ?? (socket instanceof TLSSocket ? "https" : "http")) === "https";
  const target = parseTarget(request.url ?? "/");
  const host = forwarded("x-forwarded-host") ?? target?.host ?? (request.headers.host || null);
  if (target === undefined || (host !== null && !HOST.test(host))) return undefined;
  // With two Host headers, a proxy may have checked the other one (RFC 9112 §3.2).
  if ((request.headersDistinct["host"]?.length ?? 0) > 1) return undefined;
  const url = URL.parse(`${scheme}${isSecure ? "s" : ""}://${host ?? "localhost"}${target.path}`);
  if (url === null) return undefined;
  const address = proxies.clientAddress(sender, isTrusted ? (headers.get("x-forwarded-for") ?? undefined) : undefined);
  return { url, host, headers, client: { address, port: address === sender ? (socket.remotePort ?? 0) : 0 } };
}

/** Returns the address of the client or proxy that opened the connection; empty on a unix socket. */
export function remoteAddress({ socket }: IncomingMessage): string {
  return plainAddress(socket.remoteAddress ?? "");
}

/** Parses a request target. A client may also send a whole URL, whose host replaces the Host header (RFC 9112 §3.2.2). */
function parseTarget(target: string): { readonly host?: string; readonly path: string } | undefined {
  if (target.startsWith("/")) return { path: target };
  const url = URL.parse(target);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") return undefined;
  return { host: url.host, path: `${url.pathname}${url.search}` };
}
