import type { ChannelsError, Gap } from "@lobby/channels";
import type { Endpoint, RedisAddress } from "./address.ts";
import { RedisReadOnlyError } from "./errors.ts";
import type { Keys } from "./keys.ts";
import { Link, type Disconnection, type TopicListener } from "./link.ts";
import { createPrimaryFinder, type PrimaryFinder } from "./primary-finder.ts";
import { createRedisClient, type Client } from "./redis-client.ts";
import type { Primary } from "./sentinels.ts";
import type { RedisTlsOptions } from "./tls-options.ts";

/** Options of the connection, with its observers. */
export interface ConnectionOptions {
  readonly address: RedisAddress;
  readonly tls: RedisTlsOptions | undefined;
  readonly timeoutMs: number;
  readonly keys: Keys;
  /** Called when the layer cannot receive. */
  readonly onDisconnected: (cause: ChannelsError) => void;
  /** Called when the layer receives again. */
  readonly onReceiving: () => void;
  /** Called after `onReceiving`, once the layer can send as well. */
  readonly onGap: (gap: Gap) => void;
}

/**
 * The two links of a layer. It sends over `outgoing`, and receives from topics and queues over `incoming`. So only a loss
 * of `incoming` can lose messages, while a loss of `outgoing` rejects the calls of the senders. When one link finds that
 * its server is no longer a primary, both reconnect.
 */
export class RedisConnection {
  readonly outgoing: Link;
  readonly incoming: Link;
  readonly #finder: PrimaryFinder;
  readonly #onGap: (gap: Gap) => void;
  readonly #listeners = new Map<string, TopicListener>();
  /** The topics of `subscribeLater` without an active subscription. */
  readonly #later = new Set<string>();
  /** The loss of `incoming` that is not yet reported as a gap. */
  #disconnection: Disconnection | undefined;

  readonly #timeoutMs: number;
  #laterReport: NodeJS.Timeout | undefined;

  constructor({ address, tls, timeoutMs, keys, onDisconnected, onReceiving, onGap }: ConnectionOptions) {
    this.#onGap = onGap;
    this.#timeoutMs = timeoutMs;
    const createClient = (endpoint: Endpoint): Client =>
      createRedisClient(endpoint, { login: address.login, tls, timeoutMs });
    this.#finder = createPrimaryFinder(address, tls, timeoutMs);
    const findPrimary = (): Promise<Primary> => this.#finder.find();
    const shared = { findPrimary, createClient, database: address.database, timeoutMs, nothing: keys.nothing };
    this.outgoing = new Link({
      ...shared,
      fence: keys.fence(crypto.randomUUID()),
      onDisconnected: (cause) => {
        if (cause instanceof RedisReadOnlyError) this.incoming.disconnect(cause);
      },
      onReconnected: () => this.#reportGap(),
    });
    this.incoming = new Link({
      ...shared,
      fence: keys.fence(crypto.randomUUID()),
      onDisconnected: (cause) => {
        if (cause instanceof RedisReadOnlyError) this.outgoing.disconnect(cause);
        onDisconnected(cause);
      },
      onReconnected: ({ disconnection, movedAtMs }) => {
        this.#disconnection ??= disconnection;
        onReceiving();
        void this.#subscribeNow();
        if (movedAtMs !== undefined) this.#reportLater({ ...disconnection, completeUntilMs: movedAtMs });
      },
      subscriber: {
        topics: () => [...this.#listeners.keys()],
        onMessage: (message, topic) => this.#listeners.get(topic)?.(message, topic),
      },
    });
  }

  get isReady(): boolean {
    return this.outgoing.isReady && this.incoming.isReady;
  }

  /**
   * Connects both links for the first time.
   * @throws {ChannelsError} The error of the first link that failed.
   */
  async open(): Promise<void> {
    try {
      await Promise.all([this.outgoing.open(), this.incoming.open()]);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Calls the listener for the messages of a topic until `unsubscribe`, also after each reconnection. A topic has one
   * listener. Resolves once the subscription is active.
   */
  async subscribe(topic: string, listener: TopicListener): Promise<void> {
    this.incoming.assertReady();
    // Messages may arrive together with the answer.
    this.#listeners.set(topic, listener);
    try {
      await this.incoming.subscribe([topic]);
    } catch (error) {
      if (this.#listeners.get(topic) === listener) this.unsubscribe(topic);
      throw error;
    }
  }

  /** Subscribes to a topic with the next connection, before the gap is reported. */
  subscribeLater(topic: string, listener: TopicListener): void {
    this.#listeners.set(topic, listener);
    this.#later.add(topic);
  }

  unsubscribe(topic: string): void {
    this.#listeners.delete(topic);
    this.#later.delete(topic);
    this.incoming.unsubscribe(topic);
  }

  /** Unsubscribes from all topics, and resolves once Redis has answered every command. */
  async drain(): Promise<void> {
    this.#listeners.clear();
    await Promise.all([this.outgoing.drain(), this.incoming.drain()]);
  }

  close(): void {
    this.outgoing.close();
    this.incoming.close();
    this.#finder.close();
    clearTimeout(this.#laterReport);
  }

  /**
   * Reports another gap once the other processes have left the previous server as well. Until then, that server may accept
   * their messages, although this process no longer receives from it.
   */
  #reportLater(disconnection: Disconnection): void {
    clearTimeout(this.#laterReport);
    const report = (): void => {
      this.#disconnection ??= disconnection;
      this.#reportGap();
    };
    this.#laterReport = setTimeout(report, this.#timeoutMs);
  }

  /** Completes the subscriptions of `subscribeLater`: the new connection lacks those that began while it opened. */
  async #subscribeNow(): Promise<void> {
    const topics = [...this.#later];
    try {
      if (topics.length > 0) await this.incoming.subscribe(topics);
    } catch (error) {
      this.incoming.disconnect(error as ChannelsError);
      return;
    }
    for (const topic of topics) this.#later.delete(topic);
    this.#reportGap();
  }

  #reportGap(): void {
    if (this.#disconnection === undefined || !this.isReady || this.#later.size > 0) return;
    const { completeUntilMs, cause } = this.#disconnection;
    this.#disconnection = undefined;
    this.#onGap({ durationMs: performance.now() - completeUntilMs, cause });
  }
}
