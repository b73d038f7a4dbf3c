import type { Socket } from "node:net";
import { networkOf, RateLimit } from "@lobby/channels";
import type { AddressList } from "./address-list.ts";

/**
 * The requests that one network may send before the answer to the request before them (pipelining), at once and then in a
 * second. Browsers and proxies send none.
 */
const PIPELINED = { burst: 2_000, perSecond: 200, maxKeys: 10_000 } as const;

/** A network above the limit gets no connection for ten seconds. */
const BLOCKED = { burst: 1, perSecond: 0.1, maxKeys: 10_000 } as const;

/**
 * A guard against floods of pipelined requests. Node parses every request of a piece of 64 KiB before the server can
 * refuse one, so the guard cuts all HTTP connections of a network that sends too many. Trusted proxies do not count.
 */
export class PipelineGuard {
  readonly #proxies: AddressList;
  /** The network of each HTTP connection. */
  readonly #networks = new Map<Socket, string>();
  readonly #pipelined = new RateLimit(PIPELINED);
  /** A network has a score here while it is blocked. */
  readonly #blocked = new RateLimit(BLOCKED);
  /** One listener for all connections, because a closure per connection would cost memory. */
  readonly #forget: (this: Socket) => void;

  constructor(proxies: AddressList) {
    this.#proxies = proxies;
    const networks = this.#networks;
    this.#forget = function forget(this: Socket): void {
      networks.delete(this);
    };
  }

  /** Watches a connection until it closes or `release`. Returns false when its network is blocked. */
  add(socket: Socket, address: string): boolean {
    if (this.#proxies.has(address)) return true;
    const network = networkOf(address);
    if (this.#blocked.waitMs(network) > 0) return false;
    this.#networks.set(socket, network);
    socket.on("close", this.#forget);
    return true;
  }

  /** Stops watching a connection, such as one that has become a WebSocket. */
  release(socket: Socket): void {
    socket.off("close", this.#forget);
    this.#networks.delete(socket);
  }

  /** Counts a pipelined request. Blocks its network, and cuts the connections of it, when there are too many. */
  count(socket: Socket): void {
    const network = this.#networks.get(socket);
    if (network === undefined || this.#pipelined.take(network) === 0) return;
    this.#blocked.take(network);
    for (const [other, its] of this.#networks) if (its === network) other.destroy();
  }
}
