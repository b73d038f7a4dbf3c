import type { IncomingMessage } from "node:http";
import { Denial } from "@lobby/channels";
import { UntrustedProxyError, WarnOnce } from "@lobby/channels/server";
import { hostCheck, type HostCheck } from "./allowed-hosts.ts";
import type { ConnectionCounts } from "./connection-limit.ts";
import type { ResolvedOptions } from "./options.ts";
import { readFacts, remoteAddress, type RequestFacts } from "./request-facts.ts";
import type { AddressList } from "./address-list.ts";

/** The facts of a valid request, or the denial of any other request. */
export type ReadRequest = {
  /** The address of the client, for the access log. */
  readonly clientAddress: string;
} & (
  | { readonly facts: RequestFacts; readonly denial?: undefined }
  | { readonly facts?: undefined; readonly denial: Denial }
);

type ReaderOptions = Pick<ResolvedOptions, "allowedHosts" | "onReport">;

/** The maximum number of warnings about untrusted proxies, so that the clients of a network cannot fill the log. */
const MAX_WARNED_PROXIES = 10;

/**
 * A reader of requests, with the trusted proxies and the allowed hosts of a server. It warns the operator once per
 * address that sends forwarded headers from a private network, in case it is a proxy that `trustProxy` should name.
 */
export class RequestReader {
  readonly #proxies: AddressList;
  /** Undefined: the server answers for every host. */
  readonly #isHostListed: HostCheck | undefined;
  readonly #warnings = new WarnOnce(MAX_WARNED_PROXIES);
  readonly #onReport: ResolvedOptions["onReport"];
  readonly #counts: ConnectionCounts | undefined;

  /** @throws {ConfigurationError} CHANNELS_CONFIGURATION when a host is malformed. */
  constructor({ allowedHosts, onReport }: ReaderOptions, proxies: AddressList, counts?: ConnectionCounts) {
    this.#onReport = onReport;
    this.#counts = counts;
    this.#proxies = proxies;
    this.#isHostListed = hostCheck(allowedHosts);
  }

  /** Returns the facts of a request. Denies a malformed address with 400, and a host that is not allowed with 421. */
  read(request: IncomingMessage, scheme: "http" | "ws"): ReadRequest {
    const facts = readFacts(request, scheme, this.#proxies, this.#isHostListed);
    if (facts instanceof Denial) return { clientAddress: remoteAddress(request), denial: facts };
    const { client, host, url } = facts;
    if (client.isUntrustedProxy) {
      this.#warn(client.address, scheme, url);
      this.#counts?.release(request.socket);
    }
    const clientAddress = client.address;
    const isAllowed = this.#isHostListed === undefined || (host !== null && this.#isHostListed(url.hostname));
    if (isAllowed) return { clientAddress, facts };
    return { clientAddress, denial: new Denial(421, "This server does not answer for this host.") };
  }

  #warn(proxy: string, scheme: "http" | "ws", { pathname }: URL): void {
    if (!this.#warnings.isFirst(proxy)) return;
    this.#onReport({
      level: "warning",
      source: scheme === "ws" ? "websocket" : "http",
      operation: `read ${pathname}`,
      error: new UntrustedProxyError(proxy),
    });
  }
}
