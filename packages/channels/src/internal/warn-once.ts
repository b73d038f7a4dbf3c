/** Limits warnings: a repeated mistake gives one warning. */

/** A memory of keys, so that each warning reaches the log once. */
export class WarnOnce {
  readonly #seen = new Set<string>();
  readonly #maxKeys: number;

  /** @param maxKeys The number of keys to remember. Default 1,000. */
  constructor(maxKeys: number = 1000) {
    this.#maxKeys = maxKeys;
  }

  /** Returns whether a key is new, and remembers it. Returns false for every new key after `maxKeys`. */
  isFirst(key: string): boolean {
    if (this.#seen.has(key) || this.#seen.size >= this.#maxKeys) return false;
    this.#seen.add(key);
    return true;
  }
}
