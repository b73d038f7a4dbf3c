/**
 * The channel layer of one process.
 * @see Django Channels, `InMemoryChannelLayer`. Differs: fit for production as
 * long as there is one process, and it follows the same rules as every layer.
 */
import { ChannelFullError, ConfigurationError, LayerClosedError, quote } from "../errors.ts";
import { LocalGroups } from "./groups.ts";
import type { Channel, ChannelLayer, ChannelMessage, Drop, ReceiveOptions, Receiver } from "./layer.ts";
import { LocalChannel, type LocalChannelHome } from "./local-channel.ts";
import { Mailbox, type MailboxOptions } from "./mailbox.ts";
import { checkChannelName, checkGroupName, checkMessage, PROCESS_SEPARATOR } from "./names.ts";

/** Limits of a layer; an unknown option is refused. */
export interface InMemoryChannelLayerOptions {
  /** Messages that may wait for one channel, at least 1. Default 100. */
  readonly capacity?: number;
  /** How long a message waits for `receive`, in milliseconds. Default 60,000. */
  readonly expiryMs?: number;
  /** How long a named channel stays in its groups when nobody receives from it, in milliseconds. Default 60,000. */
  readonly leaseMs?: number;
  /** The clock, in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
  /** Told of each message that did not reach a receiver. Every one is counted in `dropped` anyway. */
  readonly onDrop?: (drop: Drop) => void;
}

/** How many receivers with a name there may be before forgotten mailboxes are looked for. */
const FIRST_SWEEP_SIZE = 1024;

/** See the head of this file. */
export class InMemoryChannelLayer implements ChannelLayer {
  readonly capacity: number;
  readonly #onDrop: ((drop: Drop) => void) | undefined;
  readonly #mailboxOptions: MailboxOptions;
  readonly #groups = new LocalGroups();
  /** Whoever can be reached by name: mailboxes of workers, and channels whose name was asked for. */
  readonly #receivers = new Map<string, Receiver>();
  readonly #home: LocalChannelHome;
  #sweepSize = FIRST_SWEEP_SIZE;
  #dropped = 0;
  #isClosed = false;

  /** @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range. */
  constructor(options: InMemoryChannelLayerOptions = {}) {
    const { capacity = 100, expiryMs = 60_000, leaseMs = 60_000, now, onDrop, ...unknown } = options;
    for (const name of Object.keys(unknown)) {
      throw new ConfigurationError(`InMemoryChannelLayer has no option \`${name}\`.`);
    }
    for (const [name, value] of Object.entries({ capacity, expiryMs, leaseMs })) {
      if (Number.isInteger(value) && value >= 1) continue;
      throw new ConfigurationError(`Expected \`${name}\` to be an integer from 1 up, got \`${String(value)}\`.`);
    }
    this.capacity = capacity;
    this.#onDrop = onDrop;
    this.#mailboxOptions = {
      capacity,
      expiryMs,
      leaseMs,
      now: now ?? (() => performance.now()),
      onExpired: (message) => this.#drop("expired", message),
    };
    const processName = `memory.${crypto.randomUUID()}`;
    let channelCount = 0;
    this.#home = {
      groups: this.#groups,
      nameChannel: (channel) => {
        channelCount += 1;
        const name = `${processName}${PROCESS_SEPARATOR}${channelCount}`;
        this.#receivers.set(name, channel.receiver);
        return name;
      },
      forget: (name) => this.#receivers.delete(name),
    };
  }

  get dropped(): number {
    return this.#dropped;
  }

  newChannel(receiver?: Receiver): Channel {
    this.#assertOpen();
    const channel = new LocalChannel(this.#home, receiver ?? new Mailbox(this.#mailboxOptions));
    // Nobody can be pushed to, so somebody will ask for the name to receive by it.
    if (receiver === undefined) void channel.name;
    return channel;
  }

  async send(channel: string, message: ChannelMessage): Promise<void> {
    this.#assertOpen();
    checkMessage(message);
    const receiver = this.#receiver(channel);
    if (receiver === undefined) {
      this.#drop("closed", message);
    } else if (!receiver.deliver(message)) {
      this.#drop("full", message);
      throw new ChannelFullError(channel, this.capacity);
    }
  }

  async receive(channel: string, options?: ReceiveOptions): Promise<ChannelMessage> {
    this.#assertOpen();
    const receiver = this.#receiver(channel);
    if (receiver instanceof Mailbox) return receiver.receive(options);
    throw new ConfigurationError(
      `Nobody can receive from ${quote(channel)}: it is closed, or its messages go to a receiver of its own.`,
    );
  }

  async groupAdd(group: string, channel: Channel | string): Promise<void> {
    this.#assertOpen();
    checkGroupName(group);
    if (channel instanceof LocalChannel) return channel.join(group);
    const receiver = this.#receiver(typeof channel === "string" ? channel : channel.name);
    if (receiver === undefined) return;
    if (receiver instanceof Mailbox) receiver.renewLease();
    this.#groups.add(group, receiver);
  }

  async groupDiscard(group: string, channel: Channel | string): Promise<void> {
    this.#assertOpen();
    checkGroupName(group);
    if (channel instanceof LocalChannel) return channel.leave(group);
    const receiver = this.#receiver(typeof channel === "string" ? channel : channel.name);
    if (receiver !== undefined) this.#groups.discard(group, receiver);
  }

  async groupSend(group: string, message: ChannelMessage): Promise<void> {
    this.#assertOpen();
    checkGroupName(group);
    checkMessage(message);
    const missed = this.#groups.deliver(group, message);
    for (let count = 0; count < missed; count += 1) this.#drop("full", message, group);
  }

  async flush(): Promise<void> {
    this.#assertOpen();
    this.#groups.clear();
    for (const receiver of this.#receivers.values()) {
      if (receiver instanceof Mailbox) receiver.clear();
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const receiver of this.#receivers.values()) {
      if (receiver instanceof Mailbox) receiver.close(new LayerClosedError());
    }
    this.#receivers.clear();
    this.#groups.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new LayerClosedError();
  }

  /** Whoever has this name; a name of no process gets a mailbox. */
  #receiver(name: string): Receiver | undefined {
    checkChannelName(name);
    const known = this.#receivers.get(name);
    if (known !== undefined || name.includes(PROCESS_SEPARATOR)) return known;
    if (this.#receivers.size >= this.#sweepSize) this.#sweep();
    const mailbox = new Mailbox(this.#mailboxOptions);
    this.#receivers.set(name, mailbox);
    return mailbox;
  }

  /** Names that were sent to once and are never used again must not add up. */
  #sweep(): void {
    for (const [name, receiver] of this.#receivers) {
      const isNamed = !name.includes(PROCESS_SEPARATOR);
      if (isNamed && receiver instanceof Mailbox && receiver.isForgettable) this.#receivers.delete(name);
    }
    this.#sweepSize = Math.max(FIRST_SWEEP_SIZE, this.#receivers.size * 2);
  }

  #drop(reason: Drop["reason"], message: ChannelMessage, group?: string): void {
    this.#dropped += 1;
    this.#onDrop?.({ reason, messageType: message.type, group });
  }
}
