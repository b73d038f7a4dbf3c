/** Limits warnings: a flood of one mistake gives one warning. */

/** A memory of the keys that were seen, so that each warning is logged once. */
export class WarnOnce {
  readonly #seen = new Set<string>();
  readonly #maxKeys: number;

  /** @param maxKeys The number of keys to remember. Further keys give no warning. Default 1,000. */
  constructor(maxKeys: number = 1000) {
    this.#maxKeys = maxKeys;
  }

  /** Returns true the first time that it receives a key, up to the limit of keys. */
  isFirst(key: string): boolean {
    if (this.#seen.has(key) || this.#seen.size >= this.#maxKeys) return false;
    this.#seen.add(key);
    return true;
  }
}
