/** Values that come one by one, for a test to await. */
import { Inbox } from "../../src/testing/inbox.ts";

const DEADLINE_MS = 15_000;

/** See the head of this file. */
export class Arrivals<Item> {
  readonly #inbox = new Inbox<Item>();
  readonly #awaited: string;

  /** @param awaited What one of them is, for the error when none comes. */
  constructor(awaited: string) {
    this.#awaited = awaited;
  }

  readonly push = (item: Item): void => this.#inbox.push(item);

  /** The next one; it may be awaited before it comes. */
  next(): Promise<Item> {
    return this.#inbox.take(this.#awaited, DEADLINE_MS, () => "nothing came");
  }

  async take(count: number): Promise<Item[]> {
    const items: Item[] = [];
    while (items.length < count) items.push(await this.next());
    return items;
  }

  /** How many came that nobody took. */
  get waiting(): number {
    return this.#inbox.size;
  }
}
