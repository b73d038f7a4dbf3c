import { ChannelFullError, type ChannelMessage, type ReceiveOptions } from "@lobby/channels";
import { QueueReader, type QueueReaderOptions } from "./queue-reader.ts";
import { pushToQueue } from "./scripts.ts";

/** Options of the queues. */
export interface QueueOptions extends QueueReaderOptions {
  readonly capacity: number;
}

/** The queues of named channels. Each queue is in Redis, and each process that receives from it has a reader. */
export class Queues {
  readonly #options: QueueOptions;
  readonly #readers = new Map<string, QueueReader>();

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /**
   * Appends a message to the queue of a channel.
   * @throws {ChannelFullError} CHANNELS_CHANNEL_FULL when `capacity` messages wait there.
   */
  async send(channel: string, messageText: string): Promise<void> {
    const { connection, keys, capacity, expiryMs, onExpired } = this.#options;
    const [pushed, expired] = await connection.outgoing.run(
      pushToQueue,
      [keys.queue(channel)],
      [keys.queueTopic(channel), messageText, String(capacity), String(expiryMs)],
    );
    onExpired(expired);
    if (pushed === 0) throw new ChannelFullError(channel, capacity);
  }

  /** Waits for the next message of a channel. */
  async receive(channel: string, options: ReceiveOptions): Promise<ChannelMessage> {
    options.signal?.throwIfAborted();
    return this.#readerOf(channel).receive(options);
  }

  /** Calls `onUnavailable` of every waiting `receive`. */
  reportUnavailable(cause: Error): void {
    for (const reader of this.#readers.values()) reader.reportUnavailable(cause);
  }

  /** Reads every queue, because announcements may have been lost with the connection. */
  readAll(): void {
    for (const reader of this.#readers.values()) reader.read();
  }

  /** Rejects every waiting `receive`, and resolves once all reads have ended. */
  async close(reason: Error): Promise<void> {
    const readers = [...this.#readers.values()];
    this.#readers.clear();
    await Promise.all(readers.map((reader) => reader.close(reason)));
  }

  #readerOf(channel: string): QueueReader {
    let reader = this.#readers.get(channel);
    if (reader === undefined) {
      reader = new QueueReader(channel, this.#options, () => this.#readers.delete(channel));
      this.#readers.set(channel, reader);
    }
    return reader;
  }
}
