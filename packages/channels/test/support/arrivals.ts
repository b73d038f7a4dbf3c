/** Values that come one by one, for a test to await. */
export class Arrivals<Item> {
  readonly #items: Item[] = [];
  readonly #takers: ((item: Item) => void)[] = [];

  readonly push = (item: Item): void => {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#items.push(item);
    else taker(item);
  };

  /** The next one; it may be awaited before it comes. */
  async next(): Promise<Item> {
    const item = this.#items.shift();
    if (item !== undefined) return item;
    const { promise, resolve } = Promise.withResolvers<Item>();
    this.#takers.push(resolve);
    return promise;
  }

  async take(count: number): Promise<Item[]> {
    const items: Item[] = [];
    while (items.length < count) items.push(await this.next());
    return items;
  }

  /** How many came that nobody took. */
  get waiting(): number {
    return this.#items.length;
  }
}

/** Lets all that is under way in this process go on. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
