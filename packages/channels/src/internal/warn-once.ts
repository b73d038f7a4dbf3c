/** Says of each text whether it comes for the first time: a flood of one mistake is one warning. */

/** See the head of this file. */
export class WarnOnce {
  readonly #seen = new Set<string>();
  readonly #most: number;

  /** @param most A flood of different mistakes ends here. */
  constructor(most: number = 1000) {
    this.#most = most;
  }

  isFirst(text: string): boolean {
    if (this.#seen.has(text) || this.#seen.size >= this.#most) return false;
    this.#seen.add(text);
    return true;
  }
}
