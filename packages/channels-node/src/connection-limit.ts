import type { Socket } from "node:net";
import { Denial, networkOf } from "@lobby/channels";
import { checkFunction, checkLimits, checkOptions } from "@lobby/channels/server";
import { AddressList } from "./address-list.ts";

/** A limit on the TCP connections of a server, which also counts those that have sent no request. */
export interface ConnectionLimit {
  /**
   * The connections that one network may have: an IPv4 address, or the /64 of an IPv6 address. The server answers a
   * further one with 429 and ends it. Trusted proxies do not count, and neither does a connection on which a request
   * shows that it comes from an untrusted proxy.
   */
  readonly perNetwork: number;
  /** The connections of all networks and proxies. The server answers a further one with 503 and ends it. */
  readonly total: number;
  /** Addresses and ranges that only `total` limits, such as `10.0.0.0/8`. Default: none. */
  readonly exempt?: readonly string[];
  /** Called for each refused connection with the limit that refused it. */
  readonly onRefused?: (limit: "perNetwork" | "total") => void;
}

const WAIT = { headers: { "Retry-After": "10" } };
export const TOO_MANY: Denial = new Denial(429, "Too many connections came from your network.", WAIT);
const FULL = new Denial(503, "This server has too many connections.", WAIT);

/** The open connections of a server, counted by network. */
export class ConnectionCounts {
  readonly #limit: ConnectionLimit;
  readonly #uncounted: readonly AddressList[];
  readonly #counts = new Map<string, number>();
  /** The network of each connection that counts for one. */
  readonly #networks = new Map<Socket, string>();
  #total = 0;

  /**
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when a number is not an integer from 1 up, an option is unknown,
   * or an entry of a list is malformed.
   */
  constructor(limit: ConnectionLimit, proxies: AddressList) {
    checkOptions("`connectionLimit`", limit, ["perNetwork", "total", "exempt", "onRefused"]);
    const { perNetwork, total, exempt = [], onRefused } = limit;
    checkLimits({ perNetwork, total });
    if (onRefused !== undefined) checkFunction("onRefused", onRefused);
    this.#limit = limit;
    this.#uncounted = [proxies, new AddressList(exempt, "exempt", "an exempt address")];
  }

  /** Counts a connection until it closes. Returns a denial when it is one too many. */
  add(socket: Socket, address: string): Denial | undefined {
    const network = this.#uncounted.some((list) => list.has(address)) ? undefined : networkOf(address);
    const count = network === undefined ? 0 : (this.#counts.get(network) ?? 0);
    if (count >= this.#limit.perNetwork) return this.#refuse("perNetwork", TOO_MANY);
    if (this.#total >= this.#limit.total) return this.#refuse("total", FULL);
    this.#total += 1;
    if (network !== undefined) {
      this.#counts.set(network, count + 1);
      this.#networks.set(socket, network);
    }
    socket.once("close", () => {
      this.#total -= 1;
      this.release(socket);
    });
    return undefined;
  }

  /** Ends the count of a connection for its network, because it belongs to a proxy or has closed. */
  release(socket: Socket): void {
    const network = this.#networks.get(socket);
    if (network === undefined) return;
    this.#networks.delete(socket);
    const rest = (this.#counts.get(network) ?? 0) - 1;
    if (rest > 0) this.#counts.set(network, rest);
    else this.#counts.delete(network);
  }

  #refuse(limit: "perNetwork" | "total", denial: Denial): Denial {
    this.#limit.onRefused?.(limit);
    return denial;
  }
}
