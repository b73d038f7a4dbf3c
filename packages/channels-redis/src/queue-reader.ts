import type { ChannelMessage, ReceiveOptions } from "@lobby/channels";
import { RedisDeniedError } from "./errors.ts";
import type { Keys } from "./keys.ts";
import { decodeMessage } from "./message-codec.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { messageTextOf, popFromQueue, returnToQueue } from "./scripts.ts";

/** The delay before the next read when Redis could not answer. */
const RETRY_DELAY_MS = 500;

/** The options that all readers of a layer share. */
export interface QueueReaderOptions {
  readonly connection: RedisConnection;
  readonly keys: Keys;
  readonly expiryMs: number;
  readonly leaseMs: number;
  /** Called with the number of messages that expired in the queue. */
  readonly onExpired: (count: number) => void;
  /** Called for text that no layer has encoded. */
  readonly onMalformed: () => void;
}

/** A waiting `receive`. */
interface Waiter extends PromiseWithResolvers<ChannelMessage>, Omit<ReceiveOptions, "signal"> {}

/**
 * A reader of the queue of one named channel, for the waiting `receive` calls of this process. It reads one message at a
 * time, when a topic announces one or the lease needs a renewal. The first call that still waits after the read receives
 * the message. When no call waits, the reader returns the message to the queue.
 */
export class QueueReader {
  readonly #channel: string;
  readonly #options: QueueReaderOptions;
  readonly #onStop: () => void;
  readonly #waiters: Waiter[] = [];
  #subscribed: Promise<void> | undefined;
  #isReading = false;
  /** Resolves once the last read has ended. */
  #lastRead: Promise<void> = Promise.resolve();
  /** Whether a message may have arrived since the start of the current read. */
  #isStale = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param onStop Called when the reader has stopped, because no `receive` waits or Redis denies access. */
  constructor(channel: string, options: QueueReaderOptions, onStop: () => void) {
    this.#channel = channel;
    this.#options = options;
    this.#onStop = onStop;
  }

  async receive({ signal, ...hooks }: ReceiveOptions): Promise<ChannelMessage> {
    const waiter: Waiter = { ...Promise.withResolvers<ChannelMessage>(), ...hooks };
    this.#waiters.push(waiter);
    const abort = (): void => {
      const index = this.#waiters.indexOf(waiter);
      if (index !== -1) this.#waiters.splice(index, 1);
      waiter.reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", abort, { once: true });
    this.read();
    try {
      return await waiter.promise;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Calls `onUnavailable` of every waiter, which keeps waiting. */
  reportUnavailable(cause: Error): void {
    for (const { onUnavailable } of this.#waiters) onUnavailable?.(cause);
  }

  /** Reads the queue, or reads it again after the current read. */
  read(): void {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    clearTimeout(this.#timer);
    this.#lastRead = this.#readAll();
  }

  /** Rejects every waiter, and resolves once the current read has ended. Redis keeps its message. */
  async close(reason: Error): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#rejectAll(reason);
    await this.#lastRead;
  }

  async #readAll(): Promise<void> {
    const { connection, keys, leaseMs } = this.#options;
    try {
      this.#subscribed ??= connection.subscribe(keys.queueTopic(this.#channel), () => this.read());
      await this.#subscribed;
      while (this.#isStale && this.#waiters.length > 0) {
        this.#isStale = false;
        while (await this.#readOne());
        for (const { onListening } of this.#waiters) onListening?.();
      }
      this.#readLater(leaseMs / 2);
    } catch (error) {
      if (error instanceof RedisDeniedError && connection.incoming.isReady) {
        this.#stop();
        this.#rejectAll(error);
      } else {
        this.#subscribed = undefined;
        this.reportUnavailable(error as Error);
        this.#readLater(RETRY_DELAY_MS);
      }
    } finally {
      this.#isReading = false;
    }
  }

  /** Reads one message. Returns whether more messages may wait. */
  async #readOne(): Promise<boolean> {
    if (this.#waiters.length === 0) return false;
    const { connection, keys, leaseMs, expiryMs, onExpired, onMalformed } = this.#options;
    const queue = keys.queue(this.#channel);
    const { incoming } = connection;
    const leaseKey = keys.lease(this.#channel);
    const [entry, expired] = await incoming.run(popFromQueue, [queue, leaseKey], [String(leaseMs)]);
    onExpired(expired);
    if (entry === "") return false;
    const message = decodeMessage(messageTextOf(entry));
    if (message === undefined) {
      onMalformed();
      return true;
    }
    const waiter = this.#waiters.shift();
    if (waiter === undefined) {
      await incoming.run(returnToQueue, [queue], [keys.queueTopic(this.#channel), entry, String(expiryMs)]);
      return false;
    }
    waiter.resolve(message);
    return true;
  }

  /** Reads again after a delay, which renews the lease. Stops instead when no `receive` waits by then. */
  #readLater(delayMs: number): void {
    if (this.#isStopped) return;
    const proceed = (): void => {
      if (this.#waiters.length > 0) this.read();
      else this.#stop();
    };
    this.#timer = setTimeout(proceed, delayMs).unref();
  }

  #stop(): void {
    const { connection, keys } = this.#options;
    this.#isStopped = true;
    this.#onStop();
    connection.unsubscribe(keys.queueTopic(this.#channel));
  }

  #rejectAll(error: Error): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }
}
