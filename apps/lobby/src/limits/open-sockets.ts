/** The open connections of one network. All of them share its function, so that an idle one costs a reference only. */
interface Network {
  count: number;
  readonly release: () => void;
}

/** The number of open connections, of each network and together. */
export class OpenSockets {
  readonly #networks = new Map<string, Network>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  of(network: string): number {
    return this.#networks.get(network)?.count ?? 0;
  }

  /** Counts a connection. @returns A function that ends it. */
  open(network: string): () => void {
    const found = this.#networks.get(network) ?? this.#add(network);
    found.count += 1;
    this.#total += 1;
    return found.release;
  }

  #add(network: string): Network {
    const added: Network = {
      count: 0,
      release: () => {
        this.#total -= 1;
        added.count -= 1;
        if (added.count === 0) this.#networks.delete(network);
      },
    };
    this.#networks.set(network, added);
    return added;
  }
}
