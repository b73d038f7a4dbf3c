/**
 * Checks the host of a request. A stranger can point a domain at any address, also at one in a home network (DNS
 * rebinding). A page of that domain then has the rights of Lobby's own pages, unless Lobby denies its host.
 */
import { Denial, type Middleware } from "@lobby/channels";
import type { VisitorScope } from "./visitor.ts";

/** A middleware that denies a connection to a host that is not Lobby's. */
export type HostCheck = Middleware<VisitorScope & { readonly url: URL }, object>;

/**
 * Returns a middleware that denies a connection to another host with 421. It ignores ports, because some proxies drop
 * them.
 * @param publicUrl The only host. Undefined: addresses, `localhost` with its subdomains, and `ownNames`.
 * @param ownNames The names of this machine, as URLs write them.
 */
export function requireHost(publicUrl: URL | undefined, ownNames: ReadonlySet<string>): HostCheck {
  return ({ url, visitor }) => {
    const host = hostOf(url);
    const { errors } = visitor.phrases;
    if (publicUrl !== undefined) {
      return host === hostOf(publicUrl) ? {} : new Denial(421, errors.misdirected(publicUrl.href));
    }
    // Nobody can register these names.
    if (isAddress(host) || host === "localhost" || host.endsWith(".localhost") || ownNames.has(host)) return {};
    const scheme = url.protocol === "https:" || url.protocol === "wss:" ? "https" : "http";
    return new Denial(421, errors.unknownHost(`${scheme}://${url.host}`));
  };
}

/** Returns the host without the port, and without the dot of the DNS root. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/\.$/, "");
}

/** Returns whether the host of a URL is an address. URLs write IPv6 in brackets, and IPv4 as four numbers. */
function isAddress(host: string): boolean {
  return host.startsWith("[") || /^\d+(?:\.\d+){3}$/.test(host);
}
