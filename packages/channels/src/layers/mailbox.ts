/** Messages of one channel that wait for `receive`. */
import type { ReceiverKind, ChannelMessage, ReceiveOptions, Receiver } from "./layer.ts";
import { PlainMembers } from "./plain-members.ts";

interface Waiting {
  readonly message: ChannelMessage;
  readonly expiresAtMs: number;
}

/** What a mailbox needs to know of its layer. */
export interface MailboxOptions {
  readonly capacity: number;
  readonly expiryMs: number;
  readonly leaseMs: number;
  readonly now: () => number;
  /** Told of each message that nobody received. */
  readonly onDrop: (reason: "expired" | "closed", message: ChannelMessage) => void;
}

/** A bounded queue of one channel. */
export class Mailbox implements Receiver {
  readonly kind: ReceiverKind = MAILBOXES;
  readonly #options: MailboxOptions;
  #waiting: Waiting[] = [];
  #takers: PromiseWithResolvers<ChannelMessage>[] = [];
  #leaseEndsAtMs = 0;

  constructor(options: MailboxOptions) {
    this.#options = options;
    this.renewLease();
  }

  deliver(message: ChannelMessage): boolean {
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      // The wait ends here: the next message of this tick must still find a living member.
      this.renewLease();
      taker.resolve(message);
      return true;
    }
    const { capacity, expiryMs, now } = this.#options;
    this.#expire();
    if (this.#waiting.length >= capacity) return false;
    this.#waiting.push({ message, expiresAtMs: now() + expiryMs });
    return true;
  }

  /** Waits for the next message that has not expired. */
  async receive({ signal, onListening }: ReceiveOptions = {}): Promise<ChannelMessage> {
    signal?.throwIfAborted();
    this.#expire();
    const next = this.#waiting.shift();
    if (next !== undefined) return next.message;
    const taker = Promise.withResolvers<ChannelMessage>();
    this.#takers.push(taker);
    onListening?.();
    const stop = (): void => {
      this.#takers = this.#takers.filter((other) => other !== taker);
      this.renewLease();
      taker.reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", stop, { once: true });
    try {
      return await taker.promise;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** Whether anyone has received lately, or waits now: only then do memberships last. */
  get isAlive(): boolean {
    return this.#takers.length > 0 || this.#options.now() < this.#leaseEndsAtMs;
  }

  /** Whether nothing is lost by forgetting this mailbox. */
  get isForgettable(): boolean {
    this.#expire();
    return !this.isAlive && this.#waiting.length === 0;
  }

  renewLease(): void {
    this.#leaseEndsAtMs = this.#options.now() + this.#options.leaseMs;
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = [];
  }

  /** Ends every waiting `receive` with this error, and drops what waits. */
  close(error: Error): void {
    for (const taker of this.#takers) taker.reject(error);
    for (const { message } of this.#waiting) this.#options.onDrop("closed", message);
    this.#takers = [];
    this.#waiting = [];
  }

  #expire(): void {
    const { now, onDrop } = this.#options;
    const nowMs = now();
    const fresh = this.#waiting.findIndex((waiting) => waiting.expiresAtMs > nowMs);
    const expired = this.#waiting.splice(0, fresh === -1 ? this.#waiting.length : fresh);
    for (const { message } of expired) onDrop("expired", message);
  }
}

class MailboxMembers extends PlainMembers<Mailbox> {
  override deliver(message: ChannelMessage, except?: Receiver): number {
    for (const mailbox of this.members) {
      if (mailbox !== except && !mailbox.isAlive) this.members.delete(mailbox);
    }
    return super.deliver(message, except);
  }
}

const MAILBOXES: ReceiverKind = { createMembers: () => new MailboxMembers() };
