/** Matches requests with their replies by a number, over a channel that carries separate messages. */

/** The requests that wait for their replies, by number. */
export class PendingReplies<Reply> {
  readonly #pending = new Map<number, PromiseWithResolvers<Reply>>();
  #lastNumber = 0;

  /**
   * Sends a request with a new number and returns the reply with that number. Rejects when `send` rejects, even after
   * the reply has arrived.
   */
  async request(send: (number: number) => Promise<unknown>): Promise<Reply> {
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    const pending = Promise.withResolvers<Reply>();
    this.#pending.set(number, pending);
    try {
      const [reply] = await Promise.all([pending.promise, send(number)]);
      return reply;
    } finally {
      this.#pending.delete(number);
    }
  }

  /** Passes a reply to its request. Ignores the reply to a request that has ended. */
  resolve(number: number, reply: Reply): void {
    this.#pending.get(number)?.resolve(reply);
  }

  /** Rejects every pending request. */
  rejectAll(error: Error): void {
    for (const { reject } of this.#pending.values()) reject(error);
  }
}
