/**
 * Named channels: a list in Redis for each, from which whoever has somebody
 * waiting takes. That something is there is said on a topic; the message itself
 * is taken by a command and given to a receiver that waits, so that a receiver
 * that gives up loses nothing.
 */
import { ChannelFullError, type ChannelMessage, type ReceiveOptions } from "@lobby/channels";
import type { RedisConnection } from "./redis-connection.ts";
import { RedisDeniedError } from "./errors.ts";
import type { Keys } from "./keys.ts";
import { decodeMessage } from "./message-codec.ts";
import { popFromQueue, pushToQueue, returnToQueue } from "./scripts.ts";

/** How long to wait before looking again when Redis could not answer. */
const RETRY_MS = 500;

/** Limits of the queues. */
export interface QueueOptions {
  readonly capacity: number;
  readonly expiryMs: number;
  readonly leaseMs: number;
  /** Told how many messages expired before somebody received them. */
  readonly onExpired: (count: number) => void;
  /** Told of what no layer of ours has sent. */
  readonly onMalformed: () => void;
}

/** Somebody who waits. */
interface Taker extends PromiseWithResolvers<ChannelMessage>, Omit<ReceiveOptions, "signal"> {}

/** What this process waits for on one channel. */
interface Station {
  readonly takers: Taker[];
  listening: Promise<void> | undefined;
  isTaking: boolean;
  /** Resolves when the last look has ended. */
  taking: Promise<void>;
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
  async send(channel: string, text: string): Promise<void> {
    const { capacity, expiryMs, onExpired } = this.#options;
    const [taken, expired] = await this.#connection.outgoing.run(
      pushToQueue,
      [this.#keys.queue(channel)],
      [this.#keys.queueTopic(channel), text, String(capacity), String(expiryMs)],
    );
    onExpired(expired);
    if (taken === 0) throw new ChannelFullError(channel, capacity);
  }

  async receive(channel: string, { signal, ...hooks }: ReceiveOptions = {}): Promise<ChannelMessage> {
    signal?.throwIfAborted();
    const station = this.#station(channel);
    const taker: Taker = { ...Promise.withResolvers<ChannelMessage>(), ...hooks };
    station.takers.push(taker);
    const stop = (): void => {
      remove(station.takers, taker);
      taker.reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", stop, { once: true });
    this.#take(channel, station);
    try {
      return await taker.promise;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** Nobody says any more when something comes to wait; whoever waits goes on waiting. */
  reportUnavailable(cause: Error): void {
    for (const { takers } of this.#stations.values()) for (const { onUnavailable } of takers) onUnavailable?.(cause);
  }

  /** The connection was lost for a while: something may wait of which nobody was told. */
  lookAgain(): void {
    for (const [channel, station] of this.#stations) this.#take(channel, station);
  }

  /** Ends every wait with this error, and gives back what is being taken. */
  async close(reason: Error): Promise<void> {
    const stations = [...this.#stations.values()];
    this.#stations.clear();
    for (const { takers, timer } of stations) {
      clearTimeout(timer);
      for (const taker of takers.splice(0)) taker.reject(reason);
    }
    await Promise.all(stations.map(({ taking }) => taking));
  }

  #station(channel: string): Station {
    const known = this.#stations.get(channel);
    if (known !== undefined) return known;
    const station: Station = {
      takers: [],
      listening: undefined,
      isTaking: false,
      taking: Promise.resolve(),
      isStale: false,
      timer: undefined,
    };
    this.#stations.set(channel, station);
    return station;
  }

  /** Gives what waits in Redis to those who wait here, one look at a time. */
  #take(channel: string, station: Station): void {
    station.isStale = true;
    if (station.isTaking) return;
    station.isTaking = true;
    clearTimeout(station.timer);
    station.taking = this.#takeAll(channel, station);
  }

  async #takeAll(channel: string, station: Station): Promise<void> {
    try {
      station.listening ??= this.#connection.subscribe(this.#keys.queueTopic(channel), () =>
        this.#take(channel, station),
      );
      await station.listening;
      while (station.isStale && station.takers.length > 0) {
        station.isStale = false;
        while (await this.#takeOne(channel, station));
        for (const { onListening } of station.takers) onListening?.();
      }
      this.#rest(channel, station, this.#options.leaseMs / 2);
    } catch (error) {
      if (error instanceof RedisDeniedError && this.#connection.incoming.isReady) {
        this.#leave(channel, station);
        for (const taker of station.takers.splice(0)) taker.reject(error);
      } else {
        // Whoever waits goes on waiting: this passes.
        station.listening = undefined;
        for (const { onUnavailable } of station.takers) onUnavailable?.(error as Error);
        this.#rest(channel, station, RETRY_MS);
      }
    } finally {
      station.isTaking = false;
    }
  }

  /** @returns whether there may be more. */
  async #takeOne(channel: string, { takers }: Station): Promise<boolean> {
    if (takers.length === 0) return false;
    const { leaseMs, expiryMs, onExpired, onMalformed } = this.#options;
    const queue = this.#keys.queue(channel);
    const { incoming } = this.#connection;
    const [entry, expired] = await incoming.run(popFromQueue, [queue, this.#keys.lease(channel)], [String(leaseMs)]);
    onExpired(expired);
    if (entry === "") return false;
    const message = decodeMessage(entry.slice(entry.indexOf(" ") + 1));
    if (message === undefined) {
      onMalformed();
      return true;
    }
    const taker = takers.shift();
    if (taker === undefined) {
      // Whoever waited gave up meanwhile: it goes back to where it was.
      await incoming.run(returnToQueue, [queue], [this.#keys.queueTopic(channel), entry, String(expiryMs)]);
      return false;
    }
    taker.resolve(message);
    return true;
  }

  /** While somebody waits, the lease is renewed in time; when nobody does, this process stops listening. */
  #rest(channel: string, station: Station, durationMs: number): void {
    if (this.#stations.get(channel) !== station) return;
    const look = (): void => {
      if (station.takers.length > 0) this.#take(channel, station);
      else this.#leave(channel, station);
    };
    station.timer = setTimeout(look, durationMs).unref();
  }

  #leave(channel: string, station: Station): void {
    if (this.#stations.get(channel) === station) this.#stations.delete(channel);
    this.#connection.unsubscribe(this.#keys.queueTopic(channel));
  }
}

function remove<Item>(items: Item[], item: Item): void {
  const index = items.indexOf(item);
  if (index !== -1) items.splice(index, 1);
}
