/** The requests that may be in progress at once: of one network, and together. */
const RUNNING = { network: 8, total: 64 } as const;

/** The turns of HTTP requests. Networks with waiting requests come one after the other, so that no flood delays others. */
export class RequestTurns {
  /** The number of requests in progress, by network. */
  readonly #running = new Map<string, number>();
  /** The requests that wait, by network. The network whose turn is next comes first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #totalRunning = 0;
  #totalWaiting = 0;

  /** The number of waiting requests of all networks. */
  get total(): number {
    return this.#totalWaiting;
  }

  /** Returns the number of waiting requests of a network. */
  of(network: string): number {
    return this.#waiting.get(network)?.length ?? 0;
  }

  /** Waits for the turn of a request. @returns A function to call once when the request has been handled. */
  async take(network: string): Promise<() => void> {
    if (!this.#hasRoom(network) || this.of(network) > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#enqueue(network, resolve);
      await promise;
    } else {
      this.#start(network);
    }
    return () => this.#finish(network);
  }

  #hasRoom(network: string): boolean {
    return this.#totalRunning < RUNNING.total && (this.#running.get(network) ?? 0) < RUNNING.network;
  }

  #enqueue(network: string, begin: () => void): void {
    const queue = this.#waiting.get(network) ?? [];
    queue.push(begin);
    this.#waiting.set(network, queue);
    this.#totalWaiting += 1;
  }

  #start(network: string): void {
    this.#running.set(network, (this.#running.get(network) ?? 0) + 1);
    this.#totalRunning += 1;
  }

  #finish(network: string): void {
    const rest = (this.#running.get(network) ?? 0) - 1;
    if (rest > 0) this.#running.set(network, rest);
    else this.#running.delete(network);
    this.#totalRunning -= 1;
    // Everything else that is ready comes before the next request.
    if (this.#totalWaiting > 0) setImmediate(() => this.#startNext());
  }

  #startNext(): void {
    for (const [network, queue] of this.#waiting) {
      if (!this.#hasRoom(network)) continue;
      const begin = queue.shift();
      this.#waiting.delete(network);
      // The network goes to the end of the order.
      if (queue.length > 0) this.#waiting.set(network, queue);
      this.#totalWaiting -= 1;
      this.#start(network);
      begin?.();
      return;
    }
  }
}
