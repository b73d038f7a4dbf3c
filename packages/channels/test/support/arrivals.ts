/** Values that a hook reports, for a test to await. */
import { Inbox } from "../../src/testing/inbox.ts";

const DEADLINE_MS = 15_000;

/** A queue of values that a test takes one by one. */
export class Arrivals<Item> {
  readonly #inbox = new Inbox<Item>();
  readonly #awaited: string;

  /** @param awaited The name of one value, for the error when none arrives. */
  constructor(awaited: string) {
    this.#awaited = awaited;
  }

  readonly push = (item: Item): void => this.#inbox.push(item);

  /** Returns the next value, and waits for it at most 15 seconds. */
  next(): Promise<Item> {
    return this.#inbox.take(this.#awaited, DEADLINE_MS, () => "nothing arrived");
  }

  async take(count: number): Promise<Item[]> {
    const items: Item[] = [];
    while (items.length < count) items.push(await this.next());
    return items;
  }

  /** How many values arrived that the test has not taken. */
  get waiting(): number {
    return this.#inbox.size;
  }
}
