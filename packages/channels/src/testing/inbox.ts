/** Queues the outputs of an application until the test takes them. */
import { withDeadline } from "./deadline.ts";

/** A queue of received items. A wait that times out loses no item. */
export class Inbox<Item> {
  readonly #items: Item[] = [];
  #waiters: ((item: Item) => void)[] = [];

  push(item: Item): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#items.push(item);
    else waiter(item);
  }

  get size(): number {
    return this.#items.length;
  }

  /**
   * Returns the next item. Several waiting callers get items in the order of their calls.
   * @param awaited A noun phrase for the error, such as `a frame`.
   * @param timeoutMs The time-out in milliseconds.
   * @param seen Returns what arrived instead, for the error.
   * @throws {CommunicatorTimeoutError} CHANNELS_COMMUNICATOR_TIMEOUT when no item arrives in time.
   */
  async take(awaited: string, timeoutMs: number, seen: () => string): Promise<Item> {
    const next = this.#items.shift();
    if (next !== undefined) return next;
    const { promise, resolve } = Promise.withResolvers<Item>();
    this.#waiters.push(resolve);
    try {
      return await withDeadline(promise, awaited, timeoutMs, seen);
    } finally {
      this.#waiters = this.#waiters.filter((waiter) => waiter !== resolve);
    }
  }
}
