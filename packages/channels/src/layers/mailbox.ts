/** Keeps the messages of one channel until a `receive` takes them. */
import type { ReceiverKind, ChannelMessage, ReceiveOptions, Receiver } from "./layer.ts";
import { PlainMembers } from "./plain-members.ts";

interface Waiting {
  readonly message: ChannelMessage;
  readonly expiresAtMs: number;
}

/** The limits and the clock of a mailbox. */
export interface MailboxOptions {
  readonly capacity: number;
  readonly expiryMs: number;
  readonly leaseMs: number;
  readonly now: () => number;
  /** Called for each message that expired, or that waited when the mailbox closed. */
  readonly onDrop: (reason: "expired" | "closed", message: ChannelMessage) => void;
}

/** A bounded queue of the messages of one channel. */
export class Mailbox implements Receiver {
  readonly kind: ReceiverKind = MAILBOXES;
  readonly #options: MailboxOptions;
  #waiting: Waiting[] = [];
  #waiters: PromiseWithResolvers<ChannelMessage>[] = [];
  #leaseEndsAtMs = 0;

  constructor(options: MailboxOptions) {
    this.#options = options;
    this.renewLease();
  }

  deliver(message: ChannelMessage): boolean {
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      // The wait ends here. The lease keeps the membership for the next message of this tick.
      this.renewLease();
      waiter.resolve(message);
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
    const waiter = Promise.withResolvers<ChannelMessage>();
    this.#waiters.push(waiter);
    onListening?.();
    const stop = (): void => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
      this.renewLease();
      waiter.reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", stop, { once: true });
    try {
      return await waiter.promise;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** Whether a `receive` waits now or ended within the lease. The memberships of the channel last only as long. */
  get isAlive(): boolean {
    return this.#waiters.length > 0 || this.#options.now() < this.#leaseEndsAtMs;
  }

  /** Whether the mailbox can be removed without losing a message or a membership. */
  get isDisposable(): boolean {
    this.#expire();
    return !this.isAlive && this.#waiting.length === 0;
  }

  renewLease(): void {
    this.#leaseEndsAtMs = this.#options.now() + this.#options.leaseMs;
  }

  /** Removes all waiting messages. */
  clear(): void {
    this.#waiting = [];
  }

  /** Ends every waiting `receive` with this error, drops the waiting messages, and ends the lease. */
  close(error: Error): void {
    this.#leaseEndsAtMs = -Infinity;
    for (const waiter of this.#waiters) waiter.reject(error);
    for (const { message } of this.#waiting) this.#options.onDrop("closed", message);
    this.#waiters = [];
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
