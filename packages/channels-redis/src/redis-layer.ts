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
  ConfigurationError,
  LayerClosedError,
  type Channel,
  type ChannelLayer,
  type ChannelMessage,
  type Drop,
  type GroupSendOptions,
  type ReceiveOptions,
  type Receiver,
  type SentMessage,
} from "@lobby/channels";
import {
  checkChannelName,
  checkGroupName,
  checkMessage,
  LocalChannel,
  LocalChannels,
  Mailbox,
  PROCESS_SEPARATOR,
} from "@lobby/channels/layers";
import { RedisConnection, type Gap } from "./connection.ts";
import { RedisUnavailableError } from "./errors.ts";
import { Keys } from "./keys.ts";
import { resolveOptions, type RedisChannelLayerOptions, type ResolvedOptions } from "./options.ts";
import { ProcessTopic } from "./process-topic.ts";
import { Queues } from "./queues.ts";
import { Subscriptions } from "./subscriptions.ts";

/** See the head of this file. Made by `connect`. */
export class RedisChannelLayer implements ChannelLayer {
  readonly capacity: number;
  readonly #options: ResolvedOptions;
  readonly #connection: RedisConnection;
  readonly #keys: Keys;
  readonly #subscriptions: Subscriptions;
  readonly #queues: Queues;
  readonly #processTopic: ProcessTopic;
  /** This process's channels whose name was asked for. */
  readonly #channels: LocalChannels;
  #dropped = 0;
  #gaps = 0;
  #isClosed = false;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    const { url, prefix, capacity, expiryMs, leaseMs, timeoutMs } = options;
    this.capacity = capacity;
    this.#keys = new Keys(prefix);
    this.#connection = new RedisConnection({ url, timeoutMs, onGap: (gap) => this.#noteGap(gap) });
    this.#subscriptions = new Subscriptions(this.#connection, this.#keys, {
      findReceiver: (channel) => this.#channels.get(channel)?.receiver,
      onMissed: (message, group, count) => {
        for (let missed = 0; missed < count; missed += 1) this.#drop("full", message.type, group);
      },
    });
    this.#queues = new Queues(this.#connection, this.#keys, {
      capacity,
      expiryMs,
      leaseMs,
      onExpired: (count) => this.#dropExpired(count),
    });
    this.#channels = new LocalChannels("redis", this.#subscriptions.groups, {
      capacity,
      expiryMs,
      leaseMs,
      now: () => performance.now(),
      onDrop: (reason, message) => this.#drop(reason, message.type),
    });
    this.#processTopic = new ProcessTopic(
      this.#connection,
      this.#keys,
      this.#channels.processName,
      (channel, message) => {
        const found = this.#channels.get(channel);
        if (found === undefined) return "closed";
        return found.receiver.deliver(message) ? "sent" : "full";
      },
    );
  }

  /**
   * Connects to Redis; the layer is ready when this resolves.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range.
   * @throws {RedisUnavailableError} CHANNELS_REDIS_UNAVAILABLE
   * @throws {RedisDeniedError} CHANNELS_REDIS_DENIED
   * @throws {RedisVersionError} CHANNELS_REDIS_VERSION
   */
  static async connect(options: RedisChannelLayerOptions = {}): Promise<RedisChannelLayer> {
    const layer = new RedisChannelLayer(resolveOptions(options));
    await layer.#connection.open();
    await layer.#processTopic.open();
    return layer;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** How often this process could not listen for a while, so that messages of others may have been lost. */
  get gaps(): number {
    return this.#gaps;
  }

  newChannel(receiver?: Receiver): Channel {
    this.#assertOpen();
    return this.#channels.open(receiver);
  }

  async send(channel: string, message: SentMessage): Promise<void> {
    this.#assertOpen();
    checkChannelName(channel);
    checkMessage(message);
    if (!channel.includes(PROCESS_SEPARATOR)) return this.#sendToQueue(channel, message);
    const delivery = await this.#processTopic.send(channel, message);
    if (delivery === "sent") return;
    this.#drop(delivery, message.type);
    if (delivery === "full") throw new ChannelFullError(channel, this.capacity);
  }

  async receive(channel: string, options?: ReceiveOptions): Promise<ChannelMessage> {
    this.#assertOpen();
    checkChannelName(channel);
    if (!channel.includes(PROCESS_SEPARATOR)) return this.#queues.receive(channel, options);
    const found = this.#channels.get(channel);
    if (found?.receiver instanceof Mailbox) {
      found.renewLease();
      return found.receiver.receive(options);
    }
    throw new ConfigurationError(
      `Nobody here can receive from ${JSON.stringify(channel)}: it is closed, of another process, or has a receiver of its own.`,
    );
  }

  async groupAdd(group: string, channel: Channel | string): Promise<void> {
    this.#assertOpen();
    checkGroupName(group);
    const member = this.#member(channel);
    if (typeof member === "string") {
      const { leaseMs } = this.#options;
      const [queues, lease] = [this.#keys.groupQueues(group), this.#keys.lease(member)];
      await this.#connection.run((redis) =>
        Promise.all([redis.sAdd(queues, member), redis.set(lease, "", { PX: leaseMs })]),
      );
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
    const member = this.#member(channel);
    if (typeof member !== "string") member?.leave(group);
    else await this.#connection.run((redis) => redis.sRem(this.#keys.groupQueues(group), member));
  }

  async groupSend(group: string, message: SentMessage, { except }: GroupSendOptions = {}): Promise<void> {
    this.#assertOpen();
    checkGroupName(group);
    checkMessage(message);
    const left = typeof except === "object" ? except.name : (except ?? "");
    if (except !== undefined) checkChannelName(left);
    const { capacity, expiryMs } = this.#options;
    const keys = this.#keys;
    const sent = [keys.groupTopic(group), JSON.stringify(message), left, encodeURIComponent(left)];
    const toQueues = [keys.lease(""), keys.queue(""), keys.queueTopic(""), String(capacity), String(expiryMs)];
    const [full, expired] = await this.#connection.run((redis) =>
      redis.sendToGroup(keys.groupQueues(group), ...sent, ...toQueues),
    );
    for (let missed = 0; missed < full; missed += 1) this.#drop("full", message.type, group);
    this.#dropExpired(expired);
  }

  /** Forgets what waits in Redis, and the memberships and waiting messages of this process. */
  async flush(): Promise<void> {
    this.#assertOpen();
    this.#subscriptions.groups.clear();
    this.#channels.clear();
    await this.#connection.deleteAll(this.#keys.pattern);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const error = new LayerClosedError();
    this.#processTopic.fail(error);
    this.#queues.close(error);
    this.#channels.close(error);
    this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #sendToQueue(channel: string, message: ChannelMessage): Promise<void> {
    try {
      await this.#queues.send(channel, message);
    } catch (error) {
      if (error instanceof ChannelFullError) this.#drop("full", message.type);
      throw error;
    }
  }

  /** A channel of this process, the name of a named one, or undefined for one that is gone. */
  #member(channel: Channel | string): LocalChannel | string | undefined {
    if (channel instanceof LocalChannel) return channel;
    const name = typeof channel === "string" ? channel : channel.name;
    checkChannelName(name);
    return name.includes(PROCESS_SEPARATOR) ? this.#channels.get(name) : name;
  }

  #noteGap(gap: Gap): void {
    this.#gaps += 1;
    this.#processTopic.fail(new RedisUnavailableError(this.#connection.address, "the connection was lost"));
    this.#queues.lookAgain();
    this.#options.onGap?.(gap);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new LayerClosedError();
  }

  #dropExpired(count: number): void {
    for (let expired = 0; expired < count; expired += 1) this.#drop("expired", undefined);
  }

  #drop(reason: Drop["reason"], messageType: string | undefined, group?: string): void {
    this.#dropped += 1;
    this.#options.onDrop?.({ reason, messageType, group });
  }
}
