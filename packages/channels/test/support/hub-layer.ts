/**
 * A layer that simulates several processes: each process is a view of one layer
 * in memory. The conformance suite passes on it, and tests break it on purpose.
 */
import {
  checkMessage,
  ConfigurationError,
  LayerClosedError,
  MessageTooLargeError,
  type Receiver,
} from "@lobby/channels/layers";
import {
  InMemoryChannelLayer,
  type Channel,
  type ChannelLayer,
  type ChannelMessage,
  type Gap,
  type GroupAddOptions,
  type GroupSendOptions,
  type ReceiveOptions,
  type SentMessage,
} from "@lobby/channels";
import { LayerUnavailableError } from "../../src/testing/errors.ts";
import type { ConformanceLimits } from "@lobby/channels/testing";

/** The state that all processes share. */
export class Hub {
  nowMs = 0;
  /** The options of every call of `receive` that waits. */
  readonly waiting: Set<ReceiveOptions> = new Set();
  readonly gapListeners: Set<(gap: Gap) => void> = new Set();
  #layer: InMemoryChannelLayer | undefined;
  #count = 0;

  /** Adds a process. The limits of the first process apply to all. */
  open({ maxMessageBytes = Infinity, ...limits }: ConformanceLimits): HubLayer {
    this.#layer ??= new InMemoryChannelLayer({ ...limits, now: () => this.nowMs });
    this.#count += 1;
    return new HubLayer(this, this.#layer, { maxMessageBytes, isFirst: this.#count === 1 });
  }

  /** Whether the backend is away. Channels then join only with `joinWhileAway`. */
  isAway = false;

  /** Interrupts the backend during `whileAway`. */
  async restart(whileAway = async (): Promise<void> => undefined): Promise<void> {
    const cause = new LayerUnavailableError("listen");
    this.isAway = true;
    for (const { onUnavailable } of this.waiting) onUnavailable?.(cause);
    await whileAway();
    this.isAway = false;
    for (const { onListening } of this.waiting) onListening?.();
    for (const listener of this.gapListeners) listener({ durationMs: 1, cause });
  }
}

interface HubLayerOptions {
  readonly maxMessageBytes: number;
  /** The first process reports the drops of all processes. */
  readonly isFirst: boolean;
}

/** The layer of one process. */
export class HubLayer implements ChannelLayer {
  readonly #hub: Hub;
  readonly #layer: InMemoryChannelLayer;
  readonly #options: HubLayerOptions;
  readonly #channels = new Map<string, Channel>();
  readonly #closing = new AbortController();

  constructor(hub: Hub, layer: InMemoryChannelLayer, options: HubLayerOptions) {
    this.#hub = hub;
    this.#layer = layer;
    this.#options = options;
  }

  onGap(listener: (gap: Gap) => void): () => void {
    this.#hub.gapListeners.add(listener);
    return () => this.#hub.gapListeners.delete(listener);
  }

  get capacity(): number {
    return this.#layer.capacity;
  }

  get dropped(): number {
    return this.#options.isFirst ? this.#layer.dropped : 0;
  }

  newChannel(receiver?: Receiver): Channel {
    this.#assertOpen();
    const channel = this.#layer.newChannel(receiver);
    this.#channels.set(channel.name, channel);
    return channel;
  }

  async send(channel: string, message: SentMessage): Promise<void> {
    this.#assertOpen();
    this.#assertSize(message);
    await this.#layer.send(channel, message);
  }

  async receive(channel: string, options: ReceiveOptions = {}): Promise<ChannelMessage> {
    this.#assertOpen();
    if (typeof channel === "string" && channel.includes("!") && !this.#channels.has(channel)) {
      throw new ConfigurationError("Expected a channel of this process.");
    }
    const { waiting } = this.#hub;
    const { signal: closing } = this.#closing;
    const signal = options.signal === undefined ? closing : AbortSignal.any([options.signal, closing]);
    waiting.add(options);
    return this.#layer.receive(channel, { ...options, signal }).finally(() => waiting.delete(options));
  }

  async groupAdd(group: string, channel: Channel | string, options?: GroupAddOptions): Promise<void> {
    this.#assertOpen();
    if (this.#hub.isAway && options?.joinWhileAway !== true) throw new LayerUnavailableError(`add to group ${group}`);
    await this.#layer.groupAdd(group, channel, options);
  }

  async groupDiscard(group: string, channel: Channel | string): Promise<void> {
    this.#assertOpen();
    await this.#layer.groupDiscard(group, channel);
  }

  async groupSend(group: string, message: SentMessage, options?: GroupSendOptions): Promise<void> {
    this.#assertOpen();
    this.#assertSize(message);
    await this.#layer.groupSend(group, message, options);
  }

  async flush(): Promise<void> {
    this.#assertOpen();
    await this.#layer.flush();
  }

  async close(): Promise<void> {
    this.#closing.abort(new LayerClosedError());
    for (const channel of this.#channels.values()) await channel.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #assertOpen(): void {
    this.#closing.signal.throwIfAborted();
  }

  #assertSize(message: SentMessage): void {
    checkMessage(message);
    const sizeBytes = new TextEncoder().encode(JSON.stringify(message)).length;
    const { maxMessageBytes } = this.#options;
    if (sizeBytes > maxMessageBytes) throw new MessageTooLargeError(message.type, sizeBytes, maxMessageBytes);
  }
}
