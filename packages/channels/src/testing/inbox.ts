/** What a communicator has received and not yet been asked for. */
import { withDeadline } from "./deadline.ts";

/** Receives in order, waits with a deadline, and loses nothing when a wait ends in vain. */
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
   * The next item, waiting for it when there is none; several who wait are served in order.
   * @param awaited What to say was awaited.
   * @param seen What to say had come instead.
   * @throws {CommunicatorTimeoutError} CHANNELS_COMMUNICATOR_TIMEOUT when nothing comes in time.
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
