/**
 * The channel layer for many processes, over Redis 7 or later, or Valkey.
 *
 * A group is a topic, and a process subscribes to the groups that have members in it. The layer publishes a group message
 * once, and decodes it once in each such process, for any number of members. A process sends to its own channels through
 * Redis too, so that all messages keep their order.
 *
 * @see channels_redis, `RedisChannelLayer` and `RedisPubSubChannelLayer`. Differs: capacity counts per channel,
 * memberships end with their process, and the layer reports a lost connection as a gap.
 */
import {
  ChannelFullError,
  type Channel,
  type ChannelLayer,
  type ChannelMessage,
  type Gap,
  type GroupAddOptions,
  type GroupSendOptions,
  type ReceiveOptions,
  type SentMessage,
} from "@lobby/channels";
import {
  checkChannelName,
  checkGroupName,
  checkMessage,
  checkOptions,
  checkReceiveOptions,
  Drops,
  isolateHook,
  LayerClosedError,
  LocalChannels,
  PROCESS_SEPARATOR,
  type Receiver,
} from "@lobby/channels/layers";
import { Keys } from "./keys.ts";
import { encodeMessage } from "./message-codec.ts";
import { resolveOptions, type RedisChannelLayerOptions, type ResolvedOptions } from "./options.ts";
import { ProcessTopic } from "./process-topic.ts";
import { Queues } from "./queues.ts";
import { RedisConnection } from "./redis-connection.ts";
import { RedisGroups } from "./redis-groups.ts";
import { publish } from "./scripts.ts";
import { Subscriptions } from "./subscriptions.ts";

/**
 * A channel layer over Redis. `connect` creates it.
 * @example
 * const layer = await RedisChannelLayer.connect({ url: "redis://127.0.0.1:6379" });
 * layer.onGap(({ durationMs }) => console.warn(`may have missed messages for ${durationMs} ms`));
 * const application = protocolRouter({ layer, websocket: consumer(Chat) });
 */
export class RedisChannelLayer implements ChannelLayer {
  readonly capacity: number;
  readonly #maxMessageBytes: number;
  readonly #connection: RedisConnection;
  readonly #keys: Keys;
  readonly #drops: Drops;
  readonly #subscriptions: Subscriptions;
  readonly #channels: LocalChannels;
  readonly #groups: RedisGroups;
  readonly #queues: Queues;
  readonly #processTopic: ProcessTopic;
  readonly #gapListeners = new Set<(gap: Gap) => void>();
  #gaps = 0;
  #isClosed = false;

  private constructor(options: ResolvedOptions) {
    const { address, tls, prefix, capacity, expiryMs, leaseMs, timeoutMs } = options;
    this.capacity = capacity;
    this.#maxMessageBytes = options.maxMessageBytes;
    const keys = new Keys(prefix, address.database);
    const drops = new Drops(options.onDrop);
    const connection = new RedisConnection({
      address,
      tls,
      timeoutMs,
      keys,
      onDisconnected: (cause) => {
        this.#processTopic.fail(cause);
        this.#queues.reportUnavailable(cause);
      },
      onReceiving: () => this.#queues.readAll(),
      onGap: (gap) => this.#reportGap(gap),
    });
    const subscriptions = new Subscriptions(connection, keys, {
      findReceiver: (channel) => this.#channels.get(channel)?.receiver,
      onMissed: (message, group, count) => drops.add("full", message.type, group, count),
      onMalformed: (group) => drops.add("malformed", undefined, group),
    });
    const channels = new LocalChannels("redis", subscriptions.groups, {
      capacity,
      expiryMs,
      leaseMs,
      now: () => performance.now(),
      onDrop: (reason, { type }) => drops.add(reason, type),
      onMissed: ({ type }, count) => drops.add("full", type, undefined, count),
    });
    this.#keys = keys;
    this.#drops = drops;
    this.#connection = connection;
    this.#subscriptions = subscriptions;
    this.#channels = channels;
    this.#groups = new RedisGroups({ connection, keys, channels, subscriptions, drops, capacity, expiryMs, leaseMs });
    this.#queues = new Queues({
      connection,
      keys,
      capacity,
      expiryMs,
      leaseMs,
      onExpired: (count) => drops.add("expired", undefined, undefined, count),
      onMalformed: () => drops.add("malformed", undefined),
    });
    this.#processTopic = new ProcessTopic(connection, keys, {
      processName: channels.processName,
      deliver: (channel, message) => {
        const found = channels.get(channel);
        if (found === undefined) return "closed";
        return found.receiver.deliver(message) ? "sent" : "full";
      },
      onMissed: (reason, { type }) => drops.add(reason, type),
      onMalformed: () => drops.add("malformed", undefined),
    });
  }

  /**
   * Connects to Redis and returns the layer. Does not retry.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range.
   * @throws {RedisUnavailableError} CHANNELS_REDIS_UNAVAILABLE when Redis does not answer within `timeoutMs`.
   * @throws {RedisDeniedError} CHANNELS_REDIS_DENIED when the user, the password or a permission is wrong.
   * @throws {RedisSentinelError} CHANNELS_REDIS_SENTINEL when no sentinel in the URL names the primary.
   * @throws {RedisClientLimitError} CHANNELS_REDIS_CLIENT_LIMIT when Redis accepts no more clients.
   * @throws {RedisDatabaseError} CHANNELS_REDIS_DATABASE when Redis lacks the database in the URL.
   * @throws {RedisTlsError} CHANNELS_REDIS_TLS when TLS fails.
   * @throws {RedisVersionError} CHANNELS_REDIS_VERSION for a Redis before version 7.
   * @throws {RedisModeError} CHANNELS_REDIS_MODE for a member of a cluster, or a sentinel.
   * @throws {RedisReadOnlyError} CHANNELS_REDIS_READ_ONLY for a replica, or a Redis that refuses writes.
   */
  static async connect(options: RedisChannelLayerOptions = {}): Promise<RedisChannelLayer> {
    const layer = new RedisChannelLayer(resolveOptions(options));
    try {
      await layer.#connection.open();
      await layer.#processTopic.open();
      await layer.#connection.subscribe(layer.#keys.allProcessesTopic, (flusher) => layer.#flushedBy(flusher));
    } catch (error) {
      layer.#connection.close();
      throw error;
    }
    return layer;
  }

  get dropped(): number {
    return this.#drops.count;
  }

  /** The number of gaps: times in which this process may have missed messages. */
  get gaps(): number {
    return this.#gaps;
  }

  /** Whether the layer can send and receive now, for a health check. */
  get isReady(): boolean {
    return this.#connection.isReady;
  }

  newChannel(receiver?: Receiver): Channel {
    this.#assertOpen();
    return this.#channels.open(receiver);
  }

  async send(channel: string, message: SentMessage): Promise<void> {
    this.#assertOpen();
    checkChannelName(channel);
    checkMessage(message);
    const text = encodeMessage(message, this.#maxMessageBytes);
    if (!channel.includes(PROCESS_SEPARATOR)) return this.#sendToQueue(channel, message, text);
    const delivery = await this.#processTopic.send(channel, text);
    if (delivery === "sent") return;
    this.#drops.add(delivery, message.type);
    if (delivery === "full") throw new ChannelFullError(channel, this.capacity);
  }

  async receive(channel: string, options: ReceiveOptions = {}): Promise<ChannelMessage> {
    this.#assertOpen();
    checkChannelName(channel);
    checkReceiveOptions(options);
    if (!channel.includes(PROCESS_SEPARATOR)) return this.#queues.receive(channel, options);
    return this.#channels.receive(channel, options);
  }

  async groupAdd(group: string, channel: Channel | string, options: GroupAddOptions = {}): Promise<void> {
    this.#assertOpen();
    checkGroupName(group);
    checkOptions("groupAdd", options, ["joinWhileAway"]);
    await this.#groups.add(group, channel, options.joinWhileAway === true);
  }

  async groupDiscard(group: string, channel: Channel | string): Promise<void> {
    this.#assertOpen();
    checkGroupName(group);
    await this.#groups.discard(group, channel);
  }

  async groupSend(group: string, message: SentMessage, options: GroupSendOptions = {}): Promise<void> {
    this.#assertOpen();
    checkGroupName(group);
    checkMessage(message);
    checkOptions("groupSend", options, ["except"]);
    await this.#groups.send(group, message, encodeMessage(message, this.#maxMessageBytes), options);
  }

  onGap(listener: (gap: Gap) => void): () => void {
    const isolated = isolateHook("onGap", listener);
    this.#gapListeners.add(isolated);
    return () => this.#gapListeners.delete(isolated);
  }

  /** Removes every waiting message and every membership of every process, for tests. */
  async flush(): Promise<void> {
    this.#assertOpen();
    this.#flushProcess();
    const { outgoing } = this.#connection;
    await outgoing.deleteAll(this.#keys.pattern);
    await outgoing.run(publish, [], [this.#keys.allProcessesTopic, this.#channels.processName]);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const error = new LayerClosedError();
    this.#processTopic.fail(error);
    this.#channels.close(error);
    await this.#queues.close(error);
    await this.#connection.drain();
    this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #sendToQueue(channel: string, message: ChannelMessage, text: string): Promise<void> {
    try {
      await this.#queues.send(channel, text);
    } catch (error) {
      if (error instanceof ChannelFullError) this.#drops.add("full", message.type);
      throw error;
    }
  }

  #reportGap(gap: Gap): void {
    this.#gaps += 1;
    for (const listener of this.#gapListeners) listener(gap);
  }

  #flushedBy(processName: string): void {
    if (processName !== this.#channels.processName) this.#flushProcess();
  }

  #flushProcess(): void {
    this.#subscriptions.groups.clear();
    this.#channels.clear();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new LayerClosedError();
  }
}
