/**
 * The two connections of a layer: one for commands, which the client pipelines
 * by itself, and one that listens. Both come back by themselves; what was
 * published while the listening one was away is lost, and is said to be.
 */
import { createClient } from "@redis/client";
import { RedisVersionError, toLayerError } from "./errors.ts";
import { popFromQueue, pushToQueue, sendToGroup } from "./scripts.ts";

/** For a while the layer could not listen: messages of other processes may have been lost. */
export interface Gap {
  /** How long, as far as this process noticed. */
  readonly durationMs: number;
}

/** How to connect. */
export interface ConnectionOptions {
  readonly url: string;
  /** How long connecting, or an answer, may take before the connection counts as lost. */
  readonly timeoutMs: number;
  readonly onGap: (gap: Gap) => void;
}

/** Told of each message of a topic. */
export type TopicListener = (message: string) => void;

const MIN_VERSION = 7;
const LONGEST_RETRY_MS = 2_000;

function createRedisClient(url: string, timeoutMs: number, wasReady: () => boolean) {
  return createClient({
    url,
    scripts: { popFromQueue, pushToQueue, sendToGroup },
    // What cannot be sent now is refused now: the caller knows best whether it is worth a second try.
    disableOfflineQueue: true,
    pingInterval: Math.ceil(timeoutMs / 2),
    socket: {
      connectTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      // Jitter: when Redis comes back, its clients must not all come at once.
      reconnectStrategy: (retries: number) =>
        wasReady() ? Math.random() * Math.min(50 * 2 ** retries, LONGEST_RETRY_MS) : false,
    },
  });
}

type Client = ReturnType<typeof createRedisClient>;

/** The commands that this package uses. */
export interface RedisCommands {
  publish(topic: string, message: string): Promise<number>;
  set(key: string, value: string, options: { readonly PX: number }): Promise<unknown>;
  del(keys: string[]): Promise<number>;
  lPush(key: string, value: string): Promise<number>;
  sAdd(key: string, member: string): Promise<number>;
  sRem(key: string, member: string): Promise<number>;
  scanIterator(options: { readonly MATCH: string; readonly COUNT: number }): AsyncIterable<string[]>;
  pushToQueue(...args: readonly string[]): Promise<readonly [taken: number, expired: number]>;
  popFromQueue(...args: readonly string[]): Promise<readonly [entry: string, expired: number]>;
  sendToGroup(...args: readonly string[]): Promise<readonly [full: number, expired: number]>;
}

/** See the head of this file. */
export class RedisConnection {
  /** The server's address, without user and password. */
  readonly address: string;
  readonly #commands: Client;
  readonly #listening: Client;
  #wasReady = false;
  #lostAtMs: number | undefined;

  constructor({ url, timeoutMs, onGap }: ConnectionOptions) {
    this.address = URL.parse(url)?.host ?? url;
    this.#commands = createRedisClient(url, timeoutMs, () => this.#wasReady);
    this.#listening = createRedisClient(url, timeoutMs, () => this.#wasReady);
    // Every failed try is an error event; what it means for a call is said to its caller.
    this.#commands.on("error", () => undefined);
    this.#listening.on("error", () => {
      if (this.#wasReady) this.#lostAtMs ??= performance.now();
    });
    this.#listening.on("ready", () => {
      if (this.#lostAtMs === undefined) return;
      const durationMs = performance.now() - this.#lostAtMs;
      this.#lostAtMs = undefined;
      onGap({ durationMs });
    });
  }

  /**
   * Connects for the first time.
   * @throws {RedisUnavailableError} CHANNELS_REDIS_UNAVAILABLE
   * @throws {RedisDeniedError} CHANNELS_REDIS_DENIED
   * @throws {RedisVersionError} CHANNELS_REDIS_VERSION
   */
  async open(): Promise<void> {
    try {
      await Promise.all([this.#commands.connect(), this.#listening.connect()]);
      const { version } = parseInfo(await this.#commands.info("server"));
      if (Number.parseInt(version, 10) < MIN_VERSION) throw new RedisVersionError(this.address, version);
      this.#wasReady = true;
    } catch (error) {
      this.close();
      throw toLayerError(this.address, error);
    }
  }

  /** Runs a command, with the errors of this package. */
  async run<Result>(command: (redis: RedisCommands) => Promise<Result>): Promise<Result> {
    try {
      return await command(this.#commands);
    } catch (error) {
      throw toLayerError(this.address, error);
    }
  }

  /** Listens to a topic from when this resolves. One listener per topic. */
  async subscribe(topic: string, listener: TopicListener): Promise<void> {
    try {
      await this.#listening.subscribe(topic, listener);
    } catch (error) {
      throw toLayerError(this.address, error);
    }
  }

  /** Stops listening. Without a connection, there is nothing to stop. */
  unsubscribe(topic: string, listener: TopicListener): void {
    this.#listening.unsubscribe(topic, listener).catch(() => undefined);
  }

  /** Deletes every key that a pattern matches. */
  async deleteAll(pattern: string): Promise<void> {
    await this.run(async (redis) => {
      for await (const keys of redis.scanIterator({ MATCH: pattern, COUNT: 1000 })) {
        if (keys.length > 0) await redis.del(keys);
      }
    });
  }

  close(): void {
    for (const client of [this.#commands, this.#listening]) if (client.isOpen) client.destroy();
  }
}

/** Valkey says it is Redis 7, and has its own version beside. */
function parseInfo(info: string): { readonly version: string } {
  return { version: /^redis_version:(\S+)/m.exec(info)?.[1] ?? "unknown" };
}
