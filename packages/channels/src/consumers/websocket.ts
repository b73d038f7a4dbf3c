/**
 * The WebSocket consumer: one object per connection.
 * @see Django Channels, "WebsocketConsumer". Differs: events come from a
 * declared table, text and binary frames have a hook each, and `send` says
 * whether the connection was still open.
 */
import { Denial, type DenialOptions } from "../application/denial.ts";
import type { Awaitable } from "../internal/promise.ts";
import type { WebSocketApplication } from "../application/application.ts";
import { checkClose } from "../application/close-codes.ts";
import { checkContract, type Contract } from "../contracts/contract.ts";
import { resolveLimits, type ConsumerLimits } from "./limits.ts";
import { ConsumerConnection } from "./connection.ts";
import type { ConsumerHooks, ConsumerSocket } from "./hooks.ts";
import { ConfigurationError, quote } from "../errors.ts";
import type { EventMessage } from "../contracts/event.ts";
import type { EventTable, EventsOf } from "./event-table.ts";
import type { FrameData } from "../fanout/codec.ts";
import { Fanout, type ServerFanout } from "../fanout/fanout.ts";
import type { Channel, ChannelLayer, GroupSendOptions } from "../layers/layer.ts";
import { ConsumerKind, type FrameReceiver, type HandlerMap } from "./consumer-kind.ts";
import type { WebSocketScope } from "../application/scope.ts";

/** What a consumer is made from; hand it to `super`. */
export interface ConsumerContext<Scope> {
  /** Carries the scope in the type; nothing is there at run time. */
  readonly "~scope"?: Scope;
  readonly connection: ConsumerSocket;
}

/**
 * Extend it, override the hooks you need, and mount it with `consumer`.
 *
 * Hooks and event handlers of one connection run one at a time. When one
 * throws, the connection is closed with 1011, its groups are left and
 * `disconnect` runs; nobody else notices.
 *
 * @typeParam Scope What the consumer needs to know of its connection. A route
 * or middleware that does not provide it is a compile error.
 * @typeParam Events The events it takes from groups, `{ "chat.message": { text: string } }`.
 * A class that declares some has a static `events: EventTable<Class>`. It may
 * have static `limits: ConsumerLimits` for what waits.
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
  /** Carries the event types in the type of the class; nothing is there at run time. */
  declare readonly "~events"?: Events;
  readonly #connection: ConsumerSocket;

  constructor(context: ConsumerContext<Scope>) {
    this.#connection = context.connection;
  }

  /** What is known of this connection. `refreshConnections` replaces it as a whole, between two handlers. */
  get scope(): Scope {
    return this.#connection.scope as Scope;
  }

  /** Groups to join before `connect`. Every group is left when the connection ends. Default: none. */
  get groups(): readonly string[] {
    return [];
  }

  /** Decides the handshake: call `accept` or `deny` before it ends. Default: accepts. */
  connect(): Awaitable<void> {
    this.accept();
  }

  /** One text frame of the client. Default: ignores it. */
  receive(_text: string): Awaitable<void> {}

  /** One binary frame of the client. Default: closes with 1003, "unsupported data". */
  receiveBinary(_bytes: Uint8Array): Awaitable<void> {
    this.close(1003, "This connection takes text frames only");
  }

  /**
   * The connection is over; the groups are left. Runs exactly once when
   * `connect` ran and did not deny, after an error as well.
   * @param code 1005 when the peer gave none, 1006 when the connection was lost, 1011 after an error here,
   * 1002, 1007 or 1009 when the peer broke the protocol.
   */
  disconnect(_code: number, _reason: string): Awaitable<void> {}

  /** The scope was made anew after `refreshConnections`, and nobody denied it. Default: nothing else. */
  scopeChanged(_previous: Scope): Awaitable<void> {}

  /**
   * Opens the connection. From `connect` on: before it, nothing is ready to take what the client sends.
   * @param subprotocol One of `scope.subprotocols`, or none.
   * @param headers Go out with the answer, behind what is in `scope.reply`.
   * @throws {HandshakeAnsweredError} CHANNELS_HANDSHAKE_ANSWERED when called after `accept` or `deny`.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the client did not offer the subprotocol, or when called
   * in the constructor.
   * @throws {TypeError} When a header is malformed.
   */
  accept(subprotocol?: string, headers: Readonly<Record<string, string>> = {}): void {
    if (subprotocol !== undefined && !this.scope.subprotocols.includes(subprotocol)) {
      const offered = this.scope.subprotocols.map(quote).join(", ");
      throw new ConfigurationError(`The client did not offer ${quote(subprotocol)}, but: ${offered || "nothing"}.`);
    }
    for (const [name, value] of Object.entries(headers)) this.scope.reply.append(name, value);
    this.#connection.accept(subprotocol);
  }

  /**
   * Refuses the connection with an HTTP answer, made as `new Denial` makes it. `disconnect` will not run.
   * @param status HTTP status, 400 to 599. Default 403.
   * @param reason One sentence for the peer. Default "The request was refused."
   * @param options Headers and a body, instead of the reason as plain text.
   * @throws {HandshakeAnsweredError} CHANNELS_HANDSHAKE_ANSWERED when called after `accept` or `deny`.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the status is not one of an error, or a header is malformed.
   */
  deny(status?: number, reason?: string, options?: DenialOptions): void {
    this.#connection.deny(new Denial(status, reason, options));
  }

  /**
   * Sends one frame, behind everything its groups were sent before. An empty one is a frame too.
   * What is sent before `accept`, in the constructor or in `connect`, goes out when the connection opens.
   * @returns false when the connection is closing or closed: the frame was not sent.
   */
  send(data: FrameData): boolean {
    return this.#connection.send(data);
  }

  /**
   * Closes the connection; before `accept` it denies with 403. Harmless when it is closing already.
   * @param code 1000 to 1014 except 1004 to 1006, or 3000 to 4999. Default 1000.
   * @param reason Reaches the peer; at most 123 bytes of UTF-8.
   * @throws {InvalidCloseError} CHANNELS_INVALID_CLOSE when the code or the reason breaks these rules.
   */
  close(code = 1000, reason = ""): void {
    checkClose(code, reason);
    this.#connection.end(code, reason);
  }

  /**
   * Aborted from when nothing reaches the client any more: it has left, or the connection is being
   * closed or was denied. Hand it to what takes long; a handler that throws its reason has not failed.
   */
  get signal(): AbortSignal {
    return this.#connection.signal;
  }

  /** The layer this connection and its groups live on. */
  get layer(): ChannelLayer {
    return this.#connection.layer;
  }

  /** This connection's own channel. */
  get channel(): Channel {
    return this.#connection.channel;
  }

  /** Its name: `layer.send` to it reaches this consumer alone, from any process of the layer. */
  get channelName(): string {
    return this.channel.name;
  }

  /**
   * Joins a group until `groupDiscard` or the end of the connection.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME
   */
  groupAdd(group: string): Promise<void> {
    return this.layer.groupAdd(group, this.channel);
  }

  /** Leaves a group. */
  groupDiscard(group: string): Promise<void> {
    return this.layer.groupDiscard(group, this.channel);
  }

  /**
   * Sends one of this consumer's events to every member of a group, this
   * connection included when it is one, unless it is left out: `{ except: this.channel }`.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME
   */
  groupSend(group: string, event: EventMessage<Events>, options?: GroupSendOptions): Promise<void> {
    return this.layer.groupSend(group, event, options);
  }

  receiveFrame(data: FrameData): Awaitable<void> {
    return typeof data === "string" ? this.receive(data) : this.receiveBinary(data);
  }
}

const receive: FrameReceiver = (instance, data) => (instance as WebSocketConsumer).receiveFrame(data);

/** What a consumer class may declare. */
interface ConsumerStatics {
  readonly events?: object;
  readonly contract?: Contract;
  readonly limits?: ConsumerLimits;
}

/**
 * A consumer class with the table its events need: all of them, and no others.
 * `Rest` are constructor arguments behind the context, `Table` is what the class has as its `events`.
 */
export type ConsumerClass<Instance, Scope, Rest extends readonly unknown[], Table> = (new (
  context: ConsumerContext<Scope>,
  ...rest: Rest
) => Instance) & { readonly limits?: ConsumerLimits } & (keyof EventsOf<Instance> extends never
    ? { readonly events?: Record<string, never> }
    : {
        readonly events: Table & EventTable<Instance> & Record<Exclude<keyof Table, keyof EventsOf<Instance>>, never>;
      }) &
  (Instance extends { readonly "~contract"?: infer C } ? { readonly contract: NonNullable<C> } : unknown);

/**
 * Makes an application of a consumer class: a new consumer for every connection.
 * @param rest Handed to the constructor behind the context, the same for every connection.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when a limit is unknown, or not an integer from 1 up; or when a
 * schema of its contract is none.
 * @see Django Channels, `as_asgi`.
 */
export function consumer<
  Scope extends WebSocketScope,
  Rest extends readonly unknown[],
  Instance extends ConsumerHooks,
  Table,
>(Class: ConsumerClass<Instance, Scope, Rest, Table>, ...rest: Rest): WebSocketApplication<Scope> {
  const { events = {}, contract, limits = {} } = Class as ConsumerStatics;
  if (contract !== undefined) checkContract(contract);
  const handlers = new Map(Object.entries(events)) as HandlerMap;
  const traits = { name: Class.name, handlers, contract, limits: resolveLimits(limits), receive };
  const kinds = new WeakMap<ServerFanout<unknown>, ConsumerKind>();
  return (socket, scope) => {
    const { fanout } = socket;
    let kind = kinds.get(fanout);
    if (kind === undefined) {
      if (!(fanout instanceof Fanout)) throw new ConfigurationError("A server makes its fan-out with `createFanout`.");
      kind = new ConsumerKind(traits, fanout);
      kinds.set(fanout, kind);
    }
    const connection = new ConsumerConnection(socket, scope, kind);
    connection.attach(() => new Class({ connection }, ...rest));
    return connection;
  };
}
