/** The outputs that a communicator has received and the test has not taken. */
import { withDeadline } from "./deadline.ts";

/** A queue of received items. A wait that times out loses no item. */
export class Inbox<Item> {
  readonly #items: Item[] = [];
  #takers: ((item: Item) => void)[] = [];

  push(item: Item): void {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#items.push(item);
    else taker(item);
  }

  get size(): number {
    return this.#items.length;
  }

  /**
   * Returns the next item. Several waiting callers get items in the order of their calls.
   * @param awaited The awaited thing, for the error.
   * @param seen Returns what arrived instead, for the error.
   * @throws {CommunicatorTimeoutError} CHANNELS_COMMUNICATOR_TIMEOUT when no item arrives in time.
   */
  async take(awaited: string, timeoutMs: number, seen: () => string): Promise<Item> {
    const next = this.#items.shift();
    if (next !== undefined) return next;
    const { promise, resolve } = Promise.withResolvers<Item>();
    this.#takers.push(resolve);
    try {
      return await withDeadline(promise, awaited, timeoutMs, seen);
    } finally {
      this.#takers = this.#takers.filter((taker) => taker !== resolve);
    }
  }
}
