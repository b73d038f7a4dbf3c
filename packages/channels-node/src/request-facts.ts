import type { IncomingMessage } from "node:http";
import { isIPv4 } from "node:net";
import { TLSSocket } from "node:tls";
import { Denial, type RequestHeaders } from "@lobby/channels";
import type { ClientAddress } from "@lobby/channels/server";
import { parseAddress } from "./addresses.ts";
import { withoutDot, type HostCheck } from "./allowed-hosts.ts";
import { readForwarded } from "./forwarded.ts";
import { isPrivateNetwork } from "./private-networks.ts";
import { IncomingHeaders } from "./request-headers.ts";
import type { AddressList } from "./address-list.ts";

/** The facts of a request that its scope contains. */
export interface RequestFacts {
  readonly url: URL;
  /** The host of a whole-URL target, the Host header, or the forwarded host in place of a proxy's own; or null. */
  readonly host: string | null;
  readonly headers: RequestHeaders;
  readonly client: ClientAddress;
}

/**
 * A host name or address with an optional port, as long as DNS allows. RFC 3986 allows more characters, but applications
 * may write the host into a header, such as a content security policy.
 */
const HOST = /^[\w.:[\]-]{1,260}$/;

/**
 * Returns the facts of a request; a denial when its target or host is malformed.
 * @param isHostListed Returns whether `allowedHosts` lists a host. Undefined: there is no list.
 */
export function readFacts(
  request: IncomingMessage,
  scheme: "http" | "ws",
  proxies: AddressList,
  isHostListed: HostCheck | undefined,
): RequestFacts | Denial {
  const { socket } = request;
  // A request has one Host header (RFC 9112 §3.2). Of two, a proxy may have checked the other one.
  if ((request.headersDistinct["host"]?.length ?? 0) > 1) return malformed("has two Host headers. Send one");
  const target = parseTarget(request.url ?? "/");
  if (target === undefined) return malformed("has a malformed target. Send a path, or an http address without a user");
  const ownHost = target.host ?? (request.headers.host || null);

  const headers = new IncomingHeaders(request.headers);
  const sender = remoteAddress(request);
  const isTrusted = proxies.has(sender);
  const forwarded = isTrusted ? readForwarded(headers, sender, proxies) : undefined;
  const isSecure = forwarded?.isSecure ?? socket instanceof TLSSocket;
  const protocol = `${scheme}${isSecure ? "s" : ""}:`;

  let host = ownHost;
  let url = parseUrl(protocol, host, target.path);
  if (url !== null && forwarded?.host !== undefined && isReplaceable(url, isHostListed)) {
    host = forwarded.host;
    url = parseUrl(protocol, host, target.path);
  }
  if (url === null) return malformed("has a malformed host. Send a name or an address, with or without a port");
  const address = forwarded?.address ?? sender;
  const port = address === sender ? (socket.remotePort ?? 0) : 0;
  const isUntrustedProxy = !isTrusted && isForwarded(request.headers) && isPrivateNetwork(sender) && !socket.destroyed;
  return { url, host, headers, client: { address, port, isUntrustedProxy } };
}

/** Returns the address of the client or proxy that opened the connection; empty on a unix socket. */
export function remoteAddress({ socket }: Pick<IncomingMessage, "socket">): string {
  return parseAddress(socket.remoteAddress ?? "") ?? "";
}

/** Parses a request target. A client may also send a whole URL, whose host replaces the Host header (RFC 9112 §3.2.2). */
function parseTarget(target: string): { readonly host?: string; readonly path: string } | undefined {
  if (target.startsWith("/")) return { path: target };
  const [, host, rest = ""] = /^https?:\/\/([^/?#@]+)([/?].*)?$/i.exec(target) ?? [];
  return host === undefined ? undefined : { host, path: rest.startsWith("/") ? rest : `/${rest}` };
}

function parseUrl(protocol: string, host: string | null, path: string): URL | null {
  return host !== null && !HOST.test(host) ? null : URL.parse(`${protocol}//${host ?? "localhost"}${path}`);
}

/**
 * Returns whether a forwarded host counts instead of this one. It does when a proxy may have written this one as its own
 * name for the server: an address, a name without a dot, or a host that `allowedHosts` lists. Any other host is that of
 * the visitor. Many proxies pass a client's X-Forwarded-Host on, so a page of a stranger's domain that points at the
 * server (DNS rebinding) could otherwise name any host.
 */
function isReplaceable({ hostname }: URL, isHostListed: HostCheck | undefined): boolean {
  const name = withoutDot(hostname);
  return isIPv4(name) || !name.includes(".") || isHostListed?.(name) === true;
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

function malformed(flaw: string): Denial {
  return new Denial(400, `This request ${flaw}.`);
}
