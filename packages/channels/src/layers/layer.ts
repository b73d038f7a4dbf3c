/**
 * The contract of a channel layer: how connections, and processes, reach each
 * other by name. `layers/memory.ts` serves one process.
 *
 * Delivery is at most once and in the order of sending, per sender and channel.
 * What must not be lost belongs in a store.
 *
 * @see Django Channels, "Channel Layer Specification". Differs: a receiver can
 * be pushed to, capacity counts per channel, every drop is counted, and a
 * membership lives exactly as long as its channel.
 */
import type { ChannelsError } from "../errors.ts";

/**
 * What travels: a plain object with a `type`, of what JSON has. Who has sent or received it must not
 * change it any more: receivers of one process may all be handed this very object.
 */
export interface ChannelMessage {
  readonly type: string;
}

/** A message as it is handed in: written out on the spot with its fields, or of any type that has a `type`. */
export type SentMessage = ChannelMessage | (ChannelMessage & Readonly<Record<string, unknown>>);

/** Why a message did not reach a receiver. */
export interface DroppedMessage {
  /**
   * `full`: the receiver had its capacity waiting. `expired`: nobody received
   * it in time. `closed`: the channel it was sent to is gone, or went before
   * somebody received it. `malformed`: it came over the backend, and no layer
   * of this kind has sent it.
   */
  readonly reason: "full" | "expired" | "closed" | "malformed";
  /** Undefined when only the number of what was dropped is known. */
  readonly messageType: string | undefined;
  /** The group it was sent to; undefined for a direct `send`, and for what had waited and `expired` or was `closed`. */
  readonly group: string | undefined;
}

/** Takes messages as they come, instead of having them wait for `receive`. */
export interface Receiver {
  /** Receivers of one audience are given a group's message together. */
  readonly kind: ReceiverKind;
  /** @returns false when the receiver has its capacity waiting: the message is then dropped and counted. */
  deliver(message: ChannelMessage): boolean;
}

/** A kind of receiver, which may have a way to serve many of them at once. */
export interface ReceiverKind {
  /** Makes the part of one group that holds receivers of this audience. */
  createMembers(): GroupMembers;
}

/** The receivers of one audience in one group. */
export interface GroupMembers {
  readonly size: number;
  add(receiver: Receiver): void;
  delete(receiver: Receiver): void;
  /**
   * @param except A receiver that is left out, whether or not it is one of them.
   * @returns how many of them had no room.
   */
  deliver(message: ChannelMessage, except?: Receiver): number;
}

/** A channel that this process made and receives from. */
export interface Channel {
  /** Unique among all processes of the layer. */
  readonly name: string;
  /**
   * Leaves every group, drops what waits, and ends a `receive` that waits with
   * `ConfigurationError`. Closing twice is closing once.
   */
  close(): Promise<void>;
}

/** How to wait for a message; an unknown option is refused. */
export interface ReceiveOptions {
  /** Ends the wait with the signal's reason. No message is lost by it. */
  readonly signal?: AbortSignal;
  /** Called, perhaps more than once, when there is no message yet and the layer is sure to listen for one. */
  readonly onListening?: () => void;
  /** Called, perhaps more than once, when the layer cannot listen but goes on waiting. `onListening` or a message follows. */
  readonly onUnavailable?: (cause: Error) => void;
}

/** A time in which this process may have missed messages. */
export interface Gap {
  /** How long it lasted, in milliseconds. Messages that a worker was receiving may be older. */
  readonly durationMs: number;
  /** Why the layer could not receive. */
  readonly cause: ChannelsError;
}

/** How to send to a group; an unknown option is refused. */
export interface GroupSendOptions {
  /** A channel that does not get the message although it is in the group, such as that of the sender. */
  readonly except?: Channel | string;
}

/** See the head of this file. Every call but `close` throws `LayerClosedError` CHANNELS_LAYER_CLOSED once closed. */
export interface ChannelLayer {
  /** How many messages may wait for one channel. */
  readonly capacity: number;
  /** How many messages were dropped since the layer was made, for whatever reason. */
  readonly dropped: number;

  /**
   * Makes a channel of this process. Without a receiver, its messages wait for
   * `receive(channel.name)`.
   */
  newChannel(receiver?: Receiver): Channel;

  /**
   * Sends to one channel: one of some process's `newChannel`, or a name that
   * workers agreed upon.
   * @throws {ChannelFullError} CHANNELS_CHANNEL_FULL when `capacity` messages wait there; the message is dropped.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME
   * @throws {InvalidMessageError} CHANNELS_INVALID_MESSAGE
   * @throws {MessageTooLargeError} CHANNELS_MESSAGE_TOO_LARGE when the layer has a limit.
   */
  send(channel: string, message: SentMessage): Promise<void>;

  /**
   * Waits for the next message of a channel.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or not of its kind, nobody here can
   * receive from the channel, or it is closed meanwhile.
   */
  receive(channel: string, options?: ReceiveOptions): Promise<ChannelMessage>;

  /**
   * Puts a channel into a group; doing it twice is doing it once. The
   * membership is a lease, renewed by whoever receives from the channel; it
   * ends with the channel. A layer that cannot do it for a channel of another
   * process says so.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when another process or another layer made the channel.
   */
  groupAdd(group: string, channel: Channel | string): Promise<void>;

  /** Takes a channel out of a group. No error when it is not in it; otherwise throws as `groupAdd` does. */
  groupDiscard(group: string, channel: Channel | string): Promise<void>;

  /**
   * Sends to every channel that is in the group at this moment; over a network,
   * one that joins while the message is on its way may get it too. Members with
   * their capacity waiting miss it, and are counted in `dropped`.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME
   * @throws {InvalidMessageError} CHANNELS_INVALID_MESSAGE
   * @throws {MessageTooLargeError} CHANNELS_MESSAGE_TOO_LARGE when the layer has a limit.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown.
   */
  groupSend(group: string, message: SentMessage, options?: GroupSendOptions): Promise<void>;

  /**
   * Calls the listener after each gap, once this process receives again. A layer that cannot have gaps never calls it.
   * The layer logs an error of the listener to the console.
   * @returns a function that removes the listener.
   */
  onGap(listener: (gap: Gap) => void): () => void;

  /** Forgets every waiting message and every membership, for tests. */
  flush(): Promise<void>;

  /** Ends every `receive` with `LayerClosedError` and frees what the layer holds. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
