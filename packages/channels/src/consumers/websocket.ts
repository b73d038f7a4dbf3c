/**
 * The WebSocket consumer: one object per connection.
 * @see Django Channels, "WebsocketConsumer". Differs: events come from a
 * declared table, text and binary frames have a hook each, and `send` returns
 * whether the connection was still open.
 */
import { checkClose } from "../application/close-codes.ts";
import { Denial, type DenialOptions } from "../application/denial.ts";
import type { WebSocketScope } from "../application/scope.ts";
import type { EventMessage } from "../contracts/event.ts";
import { quote } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import type { FrameData } from "../fanout/codec.ts";
import type { Awaitable } from "../internal/promise.ts";
import type { Channel, ChannelLayer, GroupSendOptions } from "../layers/layer.ts";
import type { ConsumerHooks, ConsumerSocket } from "./hooks.ts";

/** The connection of a new consumer. A constructor passes it to `super`. */
export interface ConsumerContext {
  readonly connection: ConsumerSocket;
}

/**
 * A base class for consumers of text and binary frames. Extend it, override the
 * hooks you need, and mount it with `consumer`. For JSON, extend
 * `JsonWebSocketConsumer(contract)` instead.
 *
 * The hooks and event handlers of one connection run one at a time. When one
 * throws, the server closes the connection with 1011, the consumer leaves its
 * groups, and `disconnect` runs. Other connections continue.
 *
 * @typeParam Scope The facts about the connection that the consumer needs. A
 * route or a middleware stack that does not provide them is a compile error.
 * @typeParam Events The events that the consumer handles, such as
 * `{ tick: { price: number } }`. A class with events has a static
 * `events: EventTable<Class>`. A static `limits: ConsumerLimits` bounds the
 * work that may wait for a connection.
 *
 * @example
 * class Echo extends WebSocketConsumer {
 *   override connect() { this.accept(); }
 *   override receive(text: string) { this.send(text); }
 * }
 * const application = consumer(Echo);
 */
export abstract class WebSocketConsumer<
  Scope extends WebSocketScope = WebSocketScope,
  Events extends object = object,
> implements ConsumerHooks {
  /** The events of the consumer, for the compiler only. No value has the property. */
  declare readonly "~events"?: Events;
  readonly #connection: ConsumerSocket;

  constructor(context: ConsumerContext) {
    this.#connection = context.connection;
  }

  /** The facts about this connection. `connections(layer).refresh` replaces the whole scope between two handlers. */
  get scope(): Scope {
    return this.#connection.scope as Scope;
  }

  /** The groups to join before `connect`. The consumer leaves all groups when the connection ends. Default: none. */
  get groups(): readonly string[] {
    return [];
  }

  /** Answers the handshake: calls `accept` or `deny` before it ends. Default: accepts. */
  connect(): Awaitable<void> {
    this.accept();
  }

  /** Receives one text frame of the client. Default: ignores it. */
  receive(_text: string): Awaitable<void> {}

  /** Receives one binary frame of the client. Default: closes with 1003, "unsupported data". */
  receiveBinary(_bytes: Uint8Array): Awaitable<void> {
    this.close(1003, "This connection takes text frames only");
  }

  /**
   * Runs after the connection has ended and the consumer has left its groups. Runs exactly once when `connect` ran and
   * did not deny, even after an error. Default: does nothing.
   * @param code 1005 when the client gave no code, 1006 when the connection was lost, 1011 after an error of a handler,
   * 1002, 1007 or 1009 when the client broke the protocol.
   */
  disconnect(_code: number, _reason: string): Awaitable<void> {}

  /** Runs after `connections(layer).refresh`, once `this.scope` is the new scope. Default: does nothing. */
  scopeChanged(_previous: Scope): Awaitable<void> {}

  /**
   * Opens the connection. Call it in `connect` or later, not in the constructor.
   * @param subprotocol One of `scope.subprotocols`, or none.
   * @param headers Headers of the handshake's answer, after those in `scope.reply`.
   * @throws {HandshakeAnsweredError} CHANNELS_HANDSHAKE_ANSWERED when the consumer has called `accept` or `deny`.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the client did not offer the subprotocol, or `connect` has
   * not started.
   * @throws {TypeError} When a header is malformed.
   */
  accept(subprotocol?: string, headers: Readonly<Record<string, string>> = {}): void {
    if (subprotocol !== undefined && !this.scope.subprotocols.includes(subprotocol)) {
      const offered = this.scope.subprotocols.map(quote).join(", ");
      throw new ConfigurationError(
        `Expected a subprotocol that the client offered, ${offered || "none"}, got ${quote(subprotocol)}.`,
      );
    }
    for (const [name, value] of Object.entries(headers)) this.scope.reply.append(name, value);
    this.#connection.accept(subprotocol);
  }

  /**
   * Denies the connection with an HTTP response. `disconnect` does not run.
   * @param status HTTP status, 400 to 599. Default 403.
   * @param reason One sentence for the client. Default "The request was refused."
   * @param options Headers, a body instead of the reason as plain text, and a close code.
   * @throws {HandshakeAnsweredError} CHANNELS_HANDSHAKE_ANSWERED when the consumer has called `accept` or `deny`.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the status is out of range, a header is malformed, or an
   * option is unknown.
   * @throws {InvalidCloseError} CHANNELS_INVALID_CLOSE when the close code is not allowed, or the reason of a close has
   * more than 123 bytes of UTF-8.
   */
  deny(status?: number, reason?: string, options?: DenialOptions): void {
    this.#connection.deny(new Denial(status, reason, options));
  }

  /**
   * Sends one frame, after all frames that its groups received before. Before `accept`, the connection keeps the frame
   * and sends it when it opens. An empty frame is valid.
   * @returns false when the connection is closing or closed, so that the frame cannot reach the client.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the content is neither a string nor a Uint8Array.
   */
  send(data: FrameData): boolean {
    return this.#connection.send(data);
  }

  /**
   * The bytes that wait for this client in this process, from 0 up. The server closes the connection when the client
   * leaves more than `maxBufferedBytes` unread. Frames of groups count from the end of the tick in which they were sent.
   */
  get bufferedBytes(): number {
    return this.#connection.bufferedBytes;
  }

  /**
   * Waits until less than 64 KiB wait for this client, or the connection has ended. Await it between the parts of a
   * long answer, so that the parts wait in the handler and not in memory. Resolves at once before `accept`.
   */
  drained(): Promise<void> {
    return this.#connection.drained();
  }

  /**
   * Closes the connection. Before `accept`, denies it with 403. Does nothing when the connection is closing already.
   * @param code 1000 to 1014 except 1004 to 1006, or 3000 to 4999. Default 1000.
   * @param reason The reason that the client receives, at most 123 bytes of UTF-8.
   * @throws {InvalidCloseError} CHANNELS_INVALID_CLOSE when the code or the reason breaks these rules.
   */
  close(code = 1000, reason = ""): void {
    checkClose(code, reason);
    this.#connection.end(code, reason);
  }

  /**
   * A signal that aborts when no further frame can reach the client: it has left, or the connection is closing or
   * denied. Pass it to long operations. A handler may throw the reason of the signal, or an `AbortError`, without a report.
   */
  get signal(): AbortSignal {
    return this.#connection.signal;
  }

  /** The layer that connects this consumer with other consumers and processes. */
  get layer(): ChannelLayer {
    return this.#connection.layer;
  }

  /** The channel of this connection. */
  get channel(): Channel {
    return this.#connection.channel;
  }

  /** The name of the channel: `layer.send` to it reaches this consumer alone, from any process of the layer. */
  get channelName(): string {
    return this.channel.name;
  }

  /**
   * Joins a group until `groupDiscard` or the end of the connection.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME when the name is not 1 to 512 UTF-16 units of well-formed text.
   */
  groupAdd(group: string): Promise<void> {
    return this.layer.groupAdd(group, this.channel);
  }

  /**
   * Leaves a group.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME as `groupAdd` does.
   */
  groupDiscard(group: string): Promise<void> {
    return this.layer.groupDiscard(group, this.channel);
  }

  /**
   * Sends one of this consumer's events to every member of a group. This connection receives it as well when it is a
   * member, unless `except` is `this.channel`. Also throws the errors of `ChannelLayer.groupSend`.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME as `groupAdd` does.
   * @throws {InvalidMessageError} CHANNELS_INVALID_MESSAGE when the event holds a value that JSON drops or changes.
   */
  groupSend(group: string, event: EventMessage<Events>, options?: GroupSendOptions): Promise<void> {
    return this.layer.groupSend(group, event, options);
  }
}
