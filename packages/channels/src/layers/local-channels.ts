/** The channels of one process, by name. */
import { quote } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import type { LocalGroups } from "./groups.ts";
import type { Channel, ChannelMessage, ReceiveOptions, Receiver } from "./layer.ts";
import { LocalChannel, type ChannelRegistry } from "./local-channel.ts";
import { Mailbox, type MailboxOptions } from "./mailbox.ts";
import { channelNameOf, PROCESS_SEPARATOR } from "./names.ts";

/** The limits of the channels, and the callbacks of their layer. */
export interface LocalChannelsOptions extends MailboxOptions {
  /** Called when members of a local group had no capacity left. */
  readonly onMissed: (message: ChannelMessage, count: number) => void;
}

/** The channels of one process. It contains only channels with a name, and a channel gets one at the first read. */
export class LocalChannels implements ChannelRegistry {
  readonly groups: LocalGroups;
  /** The prefix of its channels' names, unique among all processes of the layer. */
  readonly processName: string;
  readonly #options: LocalChannelsOptions;
  readonly #byName = new Map<string, LocalChannel>();
  #count = 0;

  /** @param kind The name of the layer in the names of its channels. */
  constructor(kind: string, groups: LocalGroups, options: LocalChannelsOptions) {
    this.groups = groups;
    this.processName = `${kind}.${crypto.randomUUID()}`;
    this.#options = options;
  }

  /** Creates a channel with a unique name. Without a receiver, its messages wait for `receive`. */
  open(receiver?: Receiver): LocalChannel {
    const channel = new LocalChannel(this, receiver ?? new Mailbox(this.#options));
    // Without a receiver, a caller will receive by name, so the name has to exist.
    if (receiver === undefined) void channel.name;
    return channel;
  }

  /** Creates a channel with a mailbox and this name. */
  openNamed(name: string): LocalChannel {
    return new LocalChannel(this, new Mailbox(this.#options), name);
  }

  get(name: string): LocalChannel | undefined {
    return this.#byName.get(name);
  }

  /**
   * Returns the channel of this process that joins or leaves a group; undefined when it is closed. Returns the name
   * itself for a named channel of workers.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME when the name is empty, too long or not well-formed.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when another process or another layer created it. Only its own
   * process can add or remove it.
   */
  member(channel: Channel | string): LocalChannel | string | undefined {
    if (channel instanceof LocalChannel && channel.registry === this) return channel;
    const name = channelNameOf(channel);
    if (!name.includes(PROCESS_SEPARATOR)) return name;
    if (name.startsWith(`${this.processName}${PROCESS_SEPARATOR}`)) return this.#byName.get(name);
    throw new ConfigurationError(
      `Another process or another layer created the channel ${quote(name)}. ` +
        "Send the channel an event whose handler calls `groupAdd` or `groupDiscard` there.",
    );
  }

  /**
   * Waits for the next message of a channel of this process.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when this process has no mailbox of this name.
   */
  async receive(name: string, options?: ReceiveOptions): Promise<ChannelMessage> {
    const channel = this.#byName.get(name);
    if (channel?.receiver instanceof Mailbox) {
      channel.renewLease();
      return channel.receiver.receive(options);
    }
    throw new ConfigurationError(
      `This process cannot receive from ${quote(name)}: the channel is closed, has a receiver, or belongs to another process.`,
    );
  }

  get size(): number {
    return this.#byName.size;
  }

  entries(): MapIterator<[string, LocalChannel]> {
    return this.#byName.entries();
  }

  /** Removes all waiting messages. */
  clear(): void {
    for (const { receiver } of this.#byName.values()) if (receiver instanceof Mailbox) receiver.clear();
  }

  /** Ends every waiting `receive` with this error. */
  close(error: Error): void {
    for (const { receiver } of this.#byName.values()) if (receiver instanceof Mailbox) receiver.close(error);
    this.#byName.clear();
  }

  /** Returns a new unique name. */
  makeName(): string {
    this.#count += 1;
    return `${this.processName}${PROCESS_SEPARATOR}${this.#count}`;
  }

  /** Makes the channel reachable by a name. */
  register(name: string, channel: LocalChannel): void {
    this.#byName.set(name, channel);
  }

  /** Makes a name unreachable. */
  unregister(name: string): void {
    this.#byName.delete(name);
  }

  /** Counts and reports a message that members of a local group had no capacity for. */
  countMissed(message: ChannelMessage, count: number): void {
    this.#options.onMissed(message, count);
  }
}
