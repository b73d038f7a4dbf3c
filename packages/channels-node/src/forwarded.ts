/**
 * Reads what trusted proxies say about a request, in X-Forwarded-For, -Proto and -Host or in `Forwarded` (RFC 7239).
 *
 * Most proxies set X-Forwarded-For and pass a client's `Forwarded` on, so `Forwarded` counts only in a request without
 * X-Forwarded-For. The other X-Forwarded headers then do not count.
 */
import type { RequestHeaders } from "@lobby/channels";
import { parseNode } from "./addresses.ts";
import { elementsFromEnd } from "./forwarded-elements.ts";
import type { AddressList } from "./address-list.ts";

/** What trusted proxies say about a request. */
export interface ForwardedFacts {
  /** The address of the client: the last one that is not a trusted proxy. The client can forge those before it. */
  readonly address: string;
  /** Whether the client used TLS. Undefined: the proxies do not say it. */
  readonly isSecure: boolean | undefined;
  /** The host that the client requested. Undefined: the proxies do not say it. */
  readonly host: string | undefined;
}

/** The maximum number of proxies between a client and the server. */
const MAX_HOPS = 32;

/** The schemes that proxies send, and whether they mean TLS. Traefik sends `ws` and `wss` for WebSockets. */
const SCHEMES: ReadonlyMap<string, boolean> = new Map([
  ["https", true],
  ["wss", true],
  ["http", false],
  ["ws", false],
]);

/**
 * Returns what the headers of a trusted proxy say.
 * @param sender The address of the proxy, at the other end of the connection; empty on a unix socket.
 */
export function readForwarded(headers: RequestHeaders, sender: string, proxies: AddressList): ForwardedFacts {
  const nodes = headers.get("x-forwarded-for");
  const standard = headers.get("forwarded");
  if (nodes === null && standard !== null) return readStandard(standard, sender, proxies);
  const host = headers.get("x-forwarded-host");
  return {
    address: clientAddress(nodes ?? "", sender, proxies),
    // The first proxy sees the scheme of the client. Proxies behind it may see plain HTTP.
    isSecure: isSecure(headers.get("x-forwarded-proto")?.split(",", 1)[0]),
    // The last host is that of the nearest proxy. A client may have sent those before it.
    host: host?.slice(host.lastIndexOf(",") + 1).trim() || undefined,
  };
}

/** Reads X-Forwarded-For. */
function clientAddress(header: string, sender: string, proxies: AddressList): string {
  let client = sender;
  let end = header.length;
  for (let hops = 0; hops < MAX_HOPS && end >= 0 && proxies.has(client); hops += 1) {
    const comma = end === 0 ? -1 : header.lastIndexOf(",", end - 1);
    const node = header.slice(comma + 1, end).trim();
    end = comma;
    if (node === "") continue;
    const address = parseNode(node);
    if (address === undefined) break;
    client = address;
  }
  return client;
}

/** Reads `Forwarded`. Each proxy adds one element with the client, the scheme and the host that it saw. */
function readStandard(header: string, sender: string, proxies: AddressList): ForwardedFacts {
  let facts: ForwardedFacts = { address: sender, isSecure: undefined, host: undefined };
  let hops = 0;
  for (const element of elementsFromEnd(header)) {
    hops += 1;
    if (element === undefined || hops > MAX_HOPS) break;
    const address = parseNode(element.get("for") ?? "");
    facts = {
      address: address ?? facts.address,
      isSecure: isSecure(element.get("proto")) ?? facts.isSecure,
      host: element.get("host") || facts.host,
    };
    if (address === undefined || !proxies.has(address)) break;
  }
  return facts;
}

function isSecure(scheme: string | undefined): boolean | undefined {
  return SCHEMES.get(scheme?.trim().toLowerCase() ?? "");
}
