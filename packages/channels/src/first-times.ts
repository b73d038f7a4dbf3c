/** Says of each text whether it comes for the first time: a flood of one mistake is one warning. */

/** A flood of different mistakes ends here. */
const MOST = 1000;

/** See the head of this file. */
export class FirstTimes {
  readonly #seen = new Set<string>();

  isFirst(text: string): boolean {
    if (this.#seen.has(text) || this.#seen.size >= MOST) return false;
    this.#seen.add(text);
    return true;
  }
}
