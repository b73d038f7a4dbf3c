/**
 * The two links of a layer: what it sends goes out over one, what comes in for
 * it comes over the other, published or taken from a queue. So whatever may have
 * been lost was lost with the second, and whoever sent is told by the first.
 */
import type { ChannelsError, Gap } from "@lobby/channels";
import type { Keys } from "./keys.ts";
import { Link, type Loss, type TopicListener } from "./link.ts";

/** How to connect, and who wants to know. */
export interface ConnectionOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly keys: Keys;
  /** Nothing comes in any more. */
  readonly onLost: (cause: ChannelsError) => void;
  /** All that is sent comes in again. */
  readonly onListening: () => void;
  /** Told once after that, when what is sent goes out again as well. */
  readonly onGap: (gap: Gap) => void;
}

/** See the head of this file. */
export class RedisConnection {
  readonly outgoing: Link;
  readonly incoming: Link;
  readonly #onGap: (gap: Gap) => void;
  readonly #listeners = new Map<string, TopicListener>();
  /** What has not been told yet. */
  #loss: Loss | undefined;

  constructor({ url, timeoutMs, keys, onLost, onListening, onGap }: ConnectionOptions) {
    this.#onGap = onGap;
    this.outgoing = new Link({
      url,
      timeoutMs,
      fence: keys.fence(crypto.randomUUID()),
      onBack: () => this.#tellGap(),
    });
    this.incoming = new Link({
      url,
      timeoutMs,
      fence: keys.fence(crypto.randomUUID()),
      onBack: (loss) => {
        this.#loss ??= loss;
        onListening();
        this.#tellGap();
      },
      listener: {
        topics: () => [...this.#listeners.keys()],
        onMessage: (message, topic) => this.#listeners.get(topic)?.(message, topic),
        onLost,
      },
    });
  }

  get isReady(): boolean {
    return this.outgoing.isReady && this.incoming.isReady;
  }

  /**
   * Connects for the first time.
   * @throws {ChannelsError} one of `errors.ts`, of the first link that failed.
   */
  async open(): Promise<void> {
    try {
      await Promise.all([this.outgoing.open(), this.incoming.open()]);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Listens to a topic from when this resolves until `unsubscribe`, over every gap. One listener per topic. */
  async subscribe(topic: string, listener: TopicListener): Promise<void> {
    this.incoming.assertReady();
    // Before the answer: messages may follow it at its heels.
    this.#listeners.set(topic, listener);
    try {
      await this.incoming.subscribe(topic);
    } catch (error) {
      if (this.#listeners.get(topic) === listener) this.unsubscribe(topic);
      throw error;
    }
  }

  unsubscribe(topic: string): void {
    this.#listeners.delete(topic);
    this.incoming.unsubscribe(topic);
  }

  /** What was sent before has been taken, and nobody counts on this process any more, once this resolves. */
  async leave(): Promise<void> {
    this.#listeners.clear();
    await Promise.all([this.outgoing.settle(), this.incoming.settle()]);
  }

  close(): void {
    this.outgoing.close();
    this.incoming.close();
  }

  #tellGap(): void {
    if (this.#loss === undefined || !this.isReady) return;
    const { completeUntilMs, cause } = this.#loss;
    this.#loss = undefined;
    this.#onGap({ durationMs: performance.now() - completeUntilMs, cause });
  }
}
