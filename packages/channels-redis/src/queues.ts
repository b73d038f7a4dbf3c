/**
 * Named channels: a list in Redis for each, from which whoever has somebody
 * waiting takes. That something is there is said on a topic; the message itself
 * is taken by a command and given to a receiver that waits, so that a receiver
 * that gives up loses nothing.
 */
import { ChannelFullError, type ChannelMessage, type ReceiveOptions } from "@lobby/channels";
import type { RedisConnection, TopicListener } from "./connection.ts";
import { RedisUnavailableError } from "./errors.ts";
import type { Keys } from "./keys.ts";

/** How long to wait before looking again when Redis could not be reached. */
const RETRY_MS = 500;

/** Limits of the queues. */
export interface QueueOptions {
  readonly capacity: number;
  readonly expiryMs: number;
  readonly leaseMs: number;
  /** Told how many messages expired before somebody received them. */
  readonly onExpired: (count: number) => void;
}

/** What this process waits for on one channel. */
interface Station {
  readonly takers: PromiseWithResolvers<ChannelMessage>[];
  readonly listener: TopicListener;
  isListening: Promise<void> | undefined;
  isTaking: boolean;
  /** Something came to wait while a look was under way. */
  isStale: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** See the head of this file. */
export class Queues {
  readonly #connection: RedisConnection;
  readonly #keys: Keys;
  readonly #options: QueueOptions;
  readonly #stations = new Map<string, Station>();

  constructor(connection: RedisConnection, keys: Keys, options: QueueOptions) {
    this.#connection = connection;
    this.#keys = keys;
    this.#options = options;
  }

  /** @throws {ChannelFullError} CHANNELS_CHANNEL_FULL when the queue has its capacity waiting. */
  async send(channel: string, message: ChannelMessage): Promise<void> {
    const { capacity, expiryMs, onExpired } = this.#options;
    const [queue, topic, text] = [this.#keys.queue(channel), this.#keys.queueTopic(channel), JSON.stringify(message)];
    const [taken, expired] = await this.#connection.run((redis) =>
      redis.pushToQueue(queue, topic, text, String(capacity), String(expiryMs)),
    );
    onExpired(expired);
    if (taken === 0) throw new ChannelFullError(channel, capacity);
  }

  async receive(channel: string, { signal }: ReceiveOptions = {}): Promise<ChannelMessage> {
    signal?.throwIfAborted();
    const station = this.#station(channel);
    const taker = Promise.withResolvers<ChannelMessage>();
    station.takers.push(taker);
    const stop = (): void => {
      remove(station.takers, taker);
      taker.reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", stop, { once: true });
    void this.#take(channel, station);
    try {
      return await taker.promise;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** The connection was lost for a while: something may wait of which nobody was told. */
  lookAgain(): void {
    for (const [channel, station] of this.#stations) void this.#take(channel, station);
  }

  /** Ends every wait with this error. */
  close(error: Error): void {
    for (const { takers, timer } of this.#stations.values()) {
      clearTimeout(timer);
      for (const taker of takers.splice(0)) taker.reject(error);
    }
    this.#stations.clear();
  }

  #station(channel: string): Station {
    const known = this.#stations.get(channel);
    if (known !== undefined) return known;
    const listener = (): void => void this.#take(channel, station);
    const station: Station = {
      takers: [],
      listener,
      isListening: undefined,
      isTaking: false,
      isStale: false,
      timer: undefined,
    };
    this.#stations.set(channel, station);
    return station;
  }

  /** Gives what waits in Redis to those who wait here, one look at a time. */
  async #take(channel: string, station: Station): Promise<void> {
    station.isStale = true;
    if (station.isTaking) return;
    station.isTaking = true;
    clearTimeout(station.timer);
    try {
      station.isListening ??= this.#connection.subscribe(this.#keys.queueTopic(channel), station.listener);
      await station.isListening;
      while (station.isStale && station.takers.length > 0) {
        station.isStale = false;
        while (await this.#takeOne(channel, station));
      }
      this.#rest(channel, station, this.#options.leaseMs / 2);
    } catch (error) {
      if (error instanceof RedisUnavailableError) {
        // Whoever waits goes on waiting; perhaps nobody told the new connection what to listen to.
        station.isListening = undefined;
        this.#rest(channel, station, RETRY_MS);
      } else {
        this.#leave(channel, station);
        for (const taker of station.takers.splice(0)) taker.reject(error);
      }
    } finally {
      station.isTaking = false;
    }
  }

  /** @returns whether there may be more. */
  async #takeOne(channel: string, { takers }: Station): Promise<boolean> {
    if (takers.length === 0) return false;
    const [queue, lease] = [this.#keys.queue(channel), this.#keys.lease(channel)];
    const [entry, expired] = await this.#connection.run((redis) =>
      redis.popFromQueue(queue, lease, String(this.#options.leaseMs)),
    );
    this.#options.onExpired(expired);
    if (entry === "") return false;
    const taker = takers.shift();
    if (taker === undefined) {
      // Whoever waited gave up meanwhile: it goes back to where it was.
      await this.#connection.run((redis) => redis.lPush(queue, entry));
      return false;
    }
    taker.resolve(JSON.parse(entry.slice(entry.indexOf(" ") + 1)) as ChannelMessage);
    return true;
  }

  /** While somebody waits, the lease is renewed in time; when nobody does, this process stops listening. */
  #rest(channel: string, station: Station, durationMs: number): void {
    if (this.#stations.get(channel) !== station) return;
    const look = (): void => {
      if (station.takers.length > 0) void this.#take(channel, station);
      else this.#leave(channel, station);
    };
    station.timer = setTimeout(look, durationMs).unref();
  }

  #leave(channel: string, station: Station): void {
    if (this.#stations.get(channel) === station) this.#stations.delete(channel);
    this.#connection.unsubscribe(this.#keys.queueTopic(channel), station.listener);
  }
}

function remove<Item>(items: Item[], item: Item): void {
  const index = items.indexOf(item);
  if (index !== -1) items.splice(index, 1);
}
