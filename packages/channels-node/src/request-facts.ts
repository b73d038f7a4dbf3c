import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import type { ClientAddress } from "@lobby/channels/server";
import type { RequestHeaders } from "@lobby/channels";
import { IncomingHeaders } from "./request-headers.ts";
import { isPrivateNetwork } from "./private-networks.ts";
import { plainAddress, type TrustedProxies } from "./trusted-proxies.ts";

/** The facts of a request that its scope contains. */
export interface RequestFacts {
  readonly url: URL;
  /** The forwarded host of a trusted proxy, the host of a whole-URL target, or the Host header, in this order; or null. */
  readonly host: string | null;
  readonly headers: RequestHeaders;
  readonly client: ClientAddress;
}

/**
 * A host name or address with an optional port. RFC 3986 allows more characters, but applications may write the host into
 * a header, such as a content security policy.
 */
const HOST = /^[\w.:[\]-]+$/;

/** Returns the facts of a request; undefined when its target or host is malformed. */
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
  // A request has one Host header (RFC 9112 §3.2). Of two, a proxy may have checked the other one.
  if ((request.headersDistinct["host"]?.length ?? 0) > 1) return undefined;
  const url = URL.parse(`${scheme}${isSecure ? "s" : ""}://${host ?? "localhost"}${target.path}`);
  if (url === null) return undefined;
  const address = proxies.clientAddress(sender, isTrusted ? (headers.get("x-forwarded-for") ?? undefined) : undefined);
  const port = address === sender ? (socket.remotePort ?? 0) : 0;
  const isUntrustedProxy = !isTrusted && isForwarded(request.headers) && isPrivateNetwork(sender);
  return { url, host, headers, client: { address, port, isUntrustedProxy } };
}

/** Returns whether a proxy added headers to a request, as far as a server can see. */
function isForwarded(headers: IncomingMessage["headers"]): boolean {
  return (
    headers["x-forwarded-for"] !== undefined ||
    headers["forwarded"] !== undefined ||
    headers["x-real-ip"] !== undefined ||
    headers["x-forwarded-proto"] !== undefined ||
    headers["x-forwarded-host"] !== undefined
  );
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
