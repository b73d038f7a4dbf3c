/**
 * The channel layer of one process.
 * @see Django Channels, `InMemoryChannelLayer`. Differs: it suits production with one process, and it passes the
 * conformance suite that every layer passes.
 */
import { ChannelFullError, LayerClosedError } from "../errors.ts";
import { isolateHook } from "../internal/isolate-hook.ts";
import { checkFunction, checkOptions } from "../internal/check-options.ts";
import { Drops } from "./drops.ts";
import { LocalGroups } from "./groups.ts";
import type {
  Channel,
  ChannelLayer,
  ChannelMessage,
  DroppedMessage,
  Gap,
  GroupAddOptions,
  GroupSendOptions,
  ReceiveOptions,
  Receiver,
  SentMessage,
} from "./layer.ts";
import { checkLimits } from "../internal/check-limits.ts";
import { LocalChannel } from "./local-channel.ts";
import { LocalChannels } from "./local-channels.ts";
import { Mailbox } from "./mailbox.ts";
import { checkMessage } from "./check-message.ts";
import { channelNameOf, checkChannelName, checkGroupName, PROCESS_SEPARATOR } from "./names.ts";
import { checkReceiveOptions } from "./check-receive-options.ts";

/** Options of the in-memory layer. Numbers are integers from 1. */
export interface InMemoryChannelLayerOptions {
  /** The number of messages that may wait for one channel, at least 1. Default 100. */
  readonly capacity?: number;
  /** How long a message may wait for `receive`; then the layer drops it. Default 60,000. */
  readonly expiryMs?: number;
  /** How long a channel stays in its groups without a `receive`. Default 60,000. */
  readonly leaseMs?: number;
  /** The clock, in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
  /**
   * Called for each message that did not reach a receiver; `dropped` counts them as well. The layer logs an error of
   * this function to the console. Default: does nothing.
   */
  readonly onDrop?: (drop: DroppedMessage) => void;
}

/** The number of channels at which the layer first removes unused named ones. */
const FIRST_SWEEP_SIZE = 1024;

/**
 * A channel layer for one process.
 * @example
 * const layer = new InMemoryChannelLayer({ capacity: 1_000 });
 * const application = protocolRouter({ layer, websocket: consumer(Chat) });
 */
export class InMemoryChannelLayer implements ChannelLayer {
  readonly capacity: number;
  readonly #drops: Drops;
  readonly #groups = new LocalGroups();
  /** The channels that can be reached by name. */
  readonly #channels: LocalChannels;
  #sweepSize = FIRST_SWEEP_SIZE;
  #isClosed = false;

  /** @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range. */
  constructor(options: InMemoryChannelLayerOptions = {}) {
    checkOptions("InMemoryChannelLayer", options, ["capacity", "expiryMs", "leaseMs", "now", "onDrop"]);
    const { capacity = 100, expiryMs = 60_000, leaseMs = 60_000, now = () => performance.now(), onDrop } = options;
    checkLimits({ capacity, expiryMs, leaseMs });
    checkFunction("now", now);
    this.capacity = capacity;
    this.#drops = new Drops(onDrop === undefined ? undefined : isolateHook("onDrop", onDrop));
    this.#channels = new LocalChannels("memory", this.#groups, {
      capacity,
      expiryMs,
      leaseMs,
      now,
      onDrop: (reason, { type }) => this.#drops.add(reason, type),
      onMissed: ({ type }, count) => this.#drops.add("full", type, undefined, count),
    });
  }

  get dropped(): number {
    return this.#drops.count;
  }

  newChannel(receiver?: Receiver): Channel {
    this.#assertOpen();
    return this.#channels.open(receiver);
  }

  async send(channel: string, message: SentMessage): Promise<void> {
    this.#assertOpen();
    checkMessage(message);
    const found = this.#channel(channel);
    if (found === undefined) {
      this.#drops.add("closed", message.type);
    } else if (!found.receiver.deliver(message)) {
      this.#drops.add("full", message.type);
      throw new ChannelFullError(channel, this.capacity);
    }
  }

  async receive(channel: string, options: ReceiveOptions = {}): Promise<ChannelMessage> {
    this.#assertOpen();
    checkReceiveOptions(options);
    // The first call for a worker's channel creates it.
    this.#channel(channel);
    return this.#channels.receive(channel, options);
  }

  async groupAdd(group: string, channel: Channel | string, options?: GroupAddOptions): Promise<void> {
    this.#assertOpen();
    checkGroupName(group);
    if (options !== undefined) checkOptions("groupAdd", options, ["joinWhileAway"]);
    this.#member(channel)?.join(group);
  }

  async groupDiscard(group: string, channel: Channel | string): Promise<void> {
    this.#assertOpen();
    checkGroupName(group);
    this.#member(channel)?.leave(group);
  }

  async groupSend(group: string, message: SentMessage, options?: GroupSendOptions): Promise<void> {
    this.#assertOpen();
    checkGroupName(group);
    checkMessage(message);
    if (options !== undefined) checkOptions("groupSend", options, ["except"]);
    const left = options?.except === undefined ? undefined : this.#toLocal(options.except);
    const missed = this.#groups.deliver(group, message, left?.receiver);
    this.#drops.add("full", message.type, group, missed);
  }

  /** Never calls the listener: messages within one process cannot be missed. */
  onGap(listener: (gap: Gap) => void): () => void {
    checkFunction("onGap", listener);
    return () => undefined;
  }

  async flush(): Promise<void> {
    this.#assertOpen();
    this.#groups.clear();
    this.#channels.clear();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#channels.close(new LayerClosedError());
    this.#groups.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new LayerClosedError();
  }

  #member(channel: Channel | string): LocalChannel | undefined {
    const member = this.#channels.member(channel);
    return typeof member === "string" ? this.#channel(member) : member;
  }

  #toLocal(channel: Channel | string): LocalChannel | undefined {
    if (channel instanceof LocalChannel) return channel;
    return this.#channel(channelNameOf(channel));
  }

  /** Returns the channel of this name. Creates the mailbox of a worker's channel. */
  #channel(name: string): LocalChannel | undefined {
    checkChannelName(name);
    const known = this.#channels.get(name);
    if (known !== undefined || name.includes(PROCESS_SEPARATOR)) return known;
    if (this.#channels.size >= this.#sweepSize) this.#sweep();
    return this.#channels.openNamed(name);
  }

  /** Removes named channels without messages and memberships. */
  #sweep(): void {
    for (const [name, channel] of this.#channels.entries()) {
      const isWorkers = channel.receiver instanceof Mailbox && !name.includes(PROCESS_SEPARATOR);
      if (isWorkers && channel.receiver.isDisposable) void channel.close();
    }
    this.#sweepSize = Math.max(FIRST_SWEEP_SIZE, this.#channels.size * 2);
  }
}
