/**
 * The channel layer of many processes, over Redis 7 or later, or Valkey.
 *
 * Groups are topics, and a process listens to those that have members in it: a
 * message to a group is published once, and taken apart once in each process
 * that has members, however many these are. Whatever a process sends to a
 * channel goes through Redis, its own channels included, so that nothing
 * overtakes anything.
 *
 * @see channels_redis, `RedisChannelLayer` and `RedisPubSubChannelLayer`.
 * Differs: capacity counts per channel, memberships end with their process, and
 * a lost connection is said to be a gap.
 */
import {
  ChannelFullError,
  LayerClosedError,
  type Channel,
  type ChannelLayer,
  type ChannelMessage,
  type Gap,
  type GroupSendOptions,
  type ReceiveOptions,
  type SentMessage,
} from "@lobby/channels";
import {
  channelNameOf,
  checkChannelName,
  checkGroupName,
  checkMessage,
  checkOptions,
  checkReceiveOptions,
  Drops,
  LocalChannels,
  PROCESS_SEPARATOR,
  isolateHook,
  type Receiver,
} from "@lobby/channels/layers";
import { RedisConnection } from "./redis-connection.ts";
import { Keys } from "./keys.ts";
import { encodeMessage } from "./message-codec.ts";
import { resolveOptions, type RedisChannelLayerOptions, type ResolvedOptions } from "./options.ts";
import { ProcessTopic } from "./process-topic.ts";
import { Queues } from "./queues.ts";
import { joinGroup, publish, sendToGroup } from "./scripts.ts";
import { Subscriptions } from "./subscriptions.ts";

/** See the head of this file. Made by `connect`. */
export class RedisChannelLayer implements ChannelLayer {
  readonly capacity: number;
  readonly #options: ResolvedOptions;
  readonly #connection: RedisConnection;
  readonly #keys: Keys;
  readonly #drops: Drops;
  readonly #subscriptions: Subscriptions;
  readonly #queues: Queues;
  readonly #processTopic: ProcessTopic;
  /** This process's channels whose name was asked for. */
  readonly #channels: LocalChannels;
  readonly #gapListeners = new Set<(gap: Gap) => void>();
  #gaps = 0;
  #isClosed = false;

  private constructor(options: ResolvedOptions) {
    this.#options = options;
    const { url, database, prefix, capacity, expiryMs, leaseMs, timeoutMs } = options;
    this.capacity = capacity;
    this.#drops = new Drops(options.onDrop);
    this.#keys = new Keys(prefix, database);
    this.#connection = new RedisConnection({
      url,
      timeoutMs,
      keys: this.#keys,
      onLost: (cause) => {
        this.#processTopic.fail(cause);
        this.#queues.reportUnavailable(cause);
      },
      onListening: () => this.#queues.lookAgain(),
      onGap: (gap) => this.#reportGap(gap),
    });
    this.#subscriptions = new Subscriptions(this.#connection, this.#keys, {
      findReceiver: (channel) => this.#channels.get(channel)?.receiver,
      onMissed: (message, group, count) => this.#drops.add("full", message.type, group, count),
      onMalformed: (group) => this.#drops.add("malformed", undefined, group),
    });
    this.#queues = new Queues(this.#connection, this.#keys, {
      capacity,
      expiryMs,
      leaseMs,
      onExpired: (count) => this.#drops.add("expired", undefined, undefined, count),
      onMalformed: () => this.#drops.add("malformed", undefined),
    });
    this.#channels = new LocalChannels("redis", this.#subscriptions.groups, {
      capacity,
      expiryMs,
      leaseMs,
      now: () => performance.now(),
      onDrop: (reason, { type }) => this.#drops.add(reason, type),
    });
    this.#processTopic = new ProcessTopic(this.#connection, this.#keys, {
      processName: this.#channels.processName,
      deliver: (channel, message) => {
        const found = this.#channels.get(channel);
        if (found === undefined) return "closed";
        return found.receiver.deliver(message) ? "sent" : "full";
      },
      onMissed: (reason, { type }) => this.#drops.add(reason, type),
      onMalformed: () => this.#drops.add("malformed", undefined),
    });
  }

  /**
   * Connects to Redis; the layer is ready when this resolves.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range.
   * @throws {RedisUnavailableError} CHANNELS_REDIS_UNAVAILABLE
   * @throws {RedisDeniedError} CHANNELS_REDIS_DENIED
   * @throws {RedisTlsError} CHANNELS_REDIS_TLS
   * @throws {RedisVersionError} CHANNELS_REDIS_VERSION
   * @throws {RedisModeError} CHANNELS_REDIS_MODE for a cluster or a sentinel.
   * @throws {RedisReadOnlyError} CHANNELS_REDIS_READ_ONLY for a replica.
   */
  static async connect(options: RedisChannelLayerOptions = {}): Promise<RedisChannelLayer> {
    const layer = new RedisChannelLayer(resolveOptions(options));
    try {
      await layer.#connection.open();
      await layer.#processTopic.open();
      await layer.#connection.subscribe(layer.#keys.everyTopic, (flusher) => layer.#forgetFor(flusher));
    } catch (error) {
      layer.#connection.close();
      throw error;
    }
    return layer;
  }

  get dropped(): number {
    return this.#drops.count;
  }

  /** How often this process could not listen for a while, so that messages of others may have been lost. */
  get gaps(): number {
    return this.#gaps;
  }

  /** Whether Redis is there: what is sent goes out, and what others send comes in. */
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
    const text = encodeMessage(message, this.#options.maxMessageBytes);
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

  async groupAdd(group: string, channel: Channel | string): Promise<void> {
    this.#assertOpen();
    checkGroupName(group);
    const member = this.#channels.member(channel);
    if (typeof member === "string") {
      const keys = [this.#keys.groupQueues(group), this.#keys.lease(member)];
      await this.#connection.outgoing.run(joinGroup, keys, [member, String(this.#options.leaseMs)]);
      return;
    }
    member?.join(group);
    try {
      await this.#subscriptions.ready(group);
    } catch (error) {
      member?.leave(group);
      throw error;
    }
  }

  async groupDiscard(group: string, channel: Channel | string): Promise<void> {
    this.#assertOpen();
    checkGroupName(group);
    const member = this.#channels.member(channel);
    if (typeof member !== "string") member?.leave(group);
    else await this.#connection.outgoing.command(["HDEL", this.#keys.groupQueues(group), member]);
  }

  async groupSend(group: string, message: SentMessage, options?: GroupSendOptions): Promise<void> {
    this.#assertOpen();
    checkGroupName(group);
    checkMessage(message);
    if (options !== undefined) checkOptions("groupSend", options, ["except"]);
    const { capacity, expiryMs, maxMessageBytes } = this.#options;
    const text = encodeMessage(message, maxMessageBytes);
    const left = options?.except === undefined ? "" : channelNameOf(options.except);
    const keys = this.#keys;
    const toQueues = [keys.lease(""), keys.queue(""), keys.queueTopic(""), String(capacity), String(expiryMs)];
    const [full, expired] = await this.#connection.outgoing.run(
      sendToGroup,
      [keys.groupQueues(group)],
      [keys.groupTopic(group), text, left, encodeURIComponent(left), ...toQueues],
    );
    this.#drops.add("full", message.type, group, full);
    this.#drops.add("expired", undefined, undefined, expired);
  }

  onGap(listener: (gap: Gap) => void): () => void {
    const isolated = isolateHook("onGap", listener);
    this.#gapListeners.add(isolated);
    return () => this.#gapListeners.delete(isolated);
  }

  /** Forgets what waits in Redis, and the memberships and waiting messages of every process. */
  async flush(): Promise<void> {
    this.#assertOpen();
    this.#forget();
    const { outgoing } = this.#connection;
    await outgoing.deleteAll(this.#keys.pattern);
    await outgoing.run(publish, [], [this.#keys.everyTopic, this.#channels.processName]);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const error = new LayerClosedError();
    this.#processTopic.fail(error);
    this.#channels.close(error);
    await this.#queues.close(error);
    await this.#connection.leave();
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

  /** Another process flushed the layer; what this one flushed itself is forgotten already. */
  #forgetFor(flusher: string): void {
    if (flusher !== this.#channels.processName) this.#forget();
  }

  #forget(): void {
    this.#subscriptions.groups.clear();
    this.#channels.clear();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new LayerClosedError();
  }
}
