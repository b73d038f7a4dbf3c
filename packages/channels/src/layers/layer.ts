/**
 * The interface of channel layers. Through a layer, connections and processes send each other messages by name.
 * `layers/memory.ts` serves one process.
 *
 * Delivery is at most once, in the order of sending, per sender and channel. Keep data that must not be lost in a store.
 *
 * @see Django Channels, "Channel Layer Specification". Differs: the layer can push to a receiver, capacity counts per
 * channel, the layer counts every drop, and a membership lasts exactly as long as its channel.
 */
import type { ChannelsError } from "../errors.ts";

/**
 * A JSON object with a `type`. Do not mutate it after sending or receiving: the receivers of one process may share
 * the object.
 */
export interface ChannelMessage {
  readonly type: string;
}

/** A message for a call of `send`: an object literal with any fields, or a value of a message type. */
export type SentMessage = ChannelMessage | (ChannelMessage & Readonly<Record<string, unknown>>);

/** A message that did not reach a receiver. */
export interface DroppedMessage {
  /**
   * The reason. `full`: `capacity` messages waited for the receiver. `expired`: no receiver received the message in time.
   * `closed`: the channel closed first. `malformed`: the backend delivered data that no layer of this kind has sent.
   */
  readonly reason: "full" | "expired" | "closed" | "malformed";
  /** Undefined when the layer knows only the number of dropped messages. */
  readonly messageType: string | undefined;
  /**
   * The group of the message; undefined for a direct `send`, for a local group, and for a waiting message that expired or
   * was closed.
   */
  readonly group: string | undefined;
}

/** A receiver to which the layer pushes messages. */
export interface Receiver {
  /** The kind. A layer delivers a group's message to all receivers of one kind together. */
  readonly kind: ReceiverKind;
  /**
   * Receives one message.
   * @returns false when `capacity` messages wait for the receiver. The layer then drops and counts the message.
   */
  deliver(message: ChannelMessage): boolean;
}

/** A kind of receivers, which can deliver one message to many of them at once. */
export interface ReceiverKind {
  /** Creates an empty set of members for one group. */
  createMembers(): GroupMembers;
}

/** The receivers of one kind in one group. */
export interface GroupMembers {
  readonly size: number;
  add(receiver: Receiver): void;
  delete(receiver: Receiver): void;
  /**
   * Delivers a message to every receiver.
   * @param except A receiver to skip. It need not be a member.
   * @returns the number of receivers that had no capacity left.
   */
  deliver(message: ChannelMessage, except?: Receiver): number;
}

/** A channel of this process, from `newChannel`. */
export interface Channel {
  /** A name that is unique among all processes of the layer. */
  readonly name: string;
  /**
   * Leaves every group, drops the waiting messages, and ends a waiting `receive` with `ConfigurationError`. Further calls
   * do nothing.
   */
  close(): Promise<void>;
}

/** Options of `receive`. */
export interface ReceiveOptions {
  /** Ends the wait with the signal's reason. The wait loses no message. */
  readonly signal?: AbortSignal;
  /** Called when no message waits and the layer has started to listen. The layer may call it several times. */
  readonly onListening?: () => void;
  /** Called when the layer cannot listen; `receive` keeps waiting. The layer may call it several times. */
  readonly onUnavailable?: (cause: Error) => void;
}

/** A time in which this process may have missed messages. */
export interface Gap {
  /**
   * The time from the start of the gap to the call of the listener. The gap starts at the latest moment at which the layer
   * certainly received everything. Messages that a worker was receiving may be older.
   */
  readonly durationMs: number;
  /** The reason why the layer could not receive. */
  readonly cause: ChannelsError;
}

/** Options of `groupAdd`. */
export interface GroupAddOptions {
  /**
   * Whether a channel of this process may join while the backend is away. The call then resolves at once. The channel
   * receives the group's messages from the time at which the layer receives again, and the layer reports the time before
   * that as a gap. Default false: the call throws the reason.
   */
  readonly joinWhileAway?: boolean;
}

/** Options of `groupSend`. */
export interface GroupSendOptions {
  /** A member to skip, such as the sender's own channel. Default: none. */
  readonly except?: Channel | string;
}

/** A channel layer. After `close`, every call but `close` throws `LayerClosedError` CHANNELS_LAYER_CLOSED. */
export interface ChannelLayer {
  /** The number of messages that may wait for one channel, at least 1. */
  readonly capacity: number;
  /** The number of messages that the layer has dropped, for any reason. */
  readonly dropped: number;

  /**
   * Creates a channel of this process.
   * @param receiver The receiver of its messages. Default: the messages wait for `receive(channel.name)`.
   */
  newChannel(receiver?: Receiver): Channel;

  /**
   * Sends to one channel: a process's own channel, or a named channel of workers.
   * @throws {ChannelFullError} CHANNELS_CHANNEL_FULL when `capacity` messages wait there; the layer drops the message.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME when the name is empty, too long or not well-formed.
   * @throws {InvalidMessageError} CHANNELS_INVALID_MESSAGE when the message has no type, or a value that JSON changes.
   * @throws {MessageTooLargeError} CHANNELS_MESSAGE_TOO_LARGE when the message exceeds the limit of the layer, if any.
   */
  send(channel: string, message: SentMessage): Promise<void>;

  /**
   * Waits for the next message of a channel.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME when the name is empty, too long or not well-formed.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or of the wrong type, this process
   * cannot receive from the channel, or the channel closes meanwhile.
   */
  receive(channel: string, options?: ReceiveOptions): Promise<ChannelMessage>;

  /**
   * Adds a channel to a group. Adding it again does nothing. The membership is a lease that ends with the channel;
   * each `receive` renews it.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME when a name is empty, too long or not well-formed.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when another process or another layer created the channel, or an
   * option is unknown.
   */
  groupAdd(group: string, channel: Channel | string, options?: GroupAddOptions): Promise<void>;

  /** Removes a channel from a group. Does nothing when it is not a member. Throws as `groupAdd` does. */
  groupDiscard(group: string, channel: Channel | string): Promise<void>;

  /**
   * Sends to every channel that is in the group now. Over a network, a channel that joins during the delivery may
   * receive the message too. A member with `capacity` waiting messages misses it, and `dropped` counts the miss.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME when a name is empty, too long or not well-formed.
   * @throws {InvalidMessageError} CHANNELS_INVALID_MESSAGE when the message has no type, or a value that JSON changes.
   * @throws {MessageTooLargeError} CHANNELS_MESSAGE_TOO_LARGE when the message exceeds the limit of the layer, if any.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown.
   */
  groupSend(group: string, message: SentMessage, options?: GroupSendOptions): Promise<void>;

  /**
   * Calls the listener after each gap, once this process receives again. A layer that cannot have gaps never calls it.
   * The layer logs an error of the listener to the console.
   * @returns a function that removes the listener.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the listener is not a function.
   */
  onGap(listener: (gap: Gap) => void): () => void;

  /** Removes every waiting message and every membership, for tests. */
  flush(): Promise<void>;

  /** Ends every `receive` with `LayerClosedError` and frees the resources of the layer. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
