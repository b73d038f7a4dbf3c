/** What a communicator has received and not yet been asked for. */
import { CommunicatorTimeoutError } from "../errors.ts";

/** Receives in order, waits with a deadline, and loses nothing when a wait ends in vain. */
export class Inbox<Item> {
  readonly #items: Item[] = [];
  #taker: ((item: Item) => void) | undefined;

  push(item: Item): void {
    if (this.#taker === undefined) this.#items.push(item);
    else this.#taker(item);
  }

  get size(): number {
    return this.#items.length;
  }

  /**
   * The next item, waiting for it when there is none.
   * @param awaited What to say was awaited.
   * @param seen What to say had come instead.
   * @throws {CommunicatorTimeoutError} CHANNELS_COMMUNICATOR_TIMEOUT when nothing comes in time.
   */
  take(awaited: string, timeoutMs: number, seen: () => string): Promise<Item> {
    const next = this.#items.shift();
    if (next !== undefined) return Promise.resolve(next);
    const { promise, resolve, reject } = Promise.withResolvers<Item>();
    const timer = setTimeout(() => {
      this.#taker = undefined;
      reject(new CommunicatorTimeoutError(awaited, timeoutMs, seen()));
    }, timeoutMs);
    this.#taker = (item) => {
      clearTimeout(timer);
      this.#taker = undefined;
      resolve(item);
    };
    return promise;
  }
}
