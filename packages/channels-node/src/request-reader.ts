import type { IncomingMessage } from "node:http";
import { Denial } from "@lobby/channels";
import { hostCheck, type HostCheck } from "./allowed-hosts.ts";
import type { ResolvedOptions } from "./options.ts";
import { readFacts, remoteAddress, type RequestFacts } from "./request-facts.ts";
import { TrustedProxies } from "./trusted-proxies.ts";

/** The facts of a valid request, or the denial of any other request. */
export type ReadRequest = {
  /** The address of the client, for the access log. */
  readonly clientAddress: string;
} & (
  | { readonly facts: RequestFacts; readonly denial?: undefined }
  | { readonly facts?: undefined; readonly denial: Denial }
);

/** A reader of requests, with the trusted proxies and the allowed hosts of a server. */
export class RequestReader {
  readonly #proxies: TrustedProxies;
  readonly #isHostAllowed: HostCheck;

  /** @throws {ConfigurationError} CHANNELS_CONFIGURATION when a proxy or a host is malformed. */
  constructor({ trustProxy, allowedHosts }: Pick<ResolvedOptions, "trustProxy" | "allowedHosts">) {
    this.#proxies = new TrustedProxies(trustProxy);
    this.#isHostAllowed = hostCheck(allowedHosts);
  }

  /** Returns the facts of a request. Denies a malformed address with 400, and a host that is not allowed with 421. */
  read(request: IncomingMessage, scheme: "http" | "ws"): ReadRequest {
    const facts = readFacts(request, scheme, this.#proxies);
    if (facts === undefined) {
      const denial = new Denial(400, "The address of this request is malformed.");
      return { clientAddress: remoteAddress(request), denial };
    }
    const clientAddress = facts.client.address;
    if (this.#isHostAllowed(facts)) return { clientAddress, facts };
    return { clientAddress, denial: new Denial(421, "This server does not answer for this host.") };
  }
}
