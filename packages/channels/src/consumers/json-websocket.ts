/**
 * The WebSocket consumer for JSON: a contract types and validates its messages
 * and events.
 * @see Django Channels, "JsonWebsocketConsumer". Differs: a table holds the
 * handlers, and the consumer answers an invalid message with an error frame.
 */
import type { ScopeParams } from "../application/path-params.ts";
import type { WebSocketScope } from "../application/scope.ts";
import { checkEvent } from "../contracts/check-event.ts";
import type { Contract, ContractEvent, Group, SentMessages } from "../contracts/contract.ts";
import { checkContract } from "../contracts/define-contract.ts";
import { describeValue } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import { checkOptions } from "../internal/check-options.ts";
import { toJson } from "../internal/json.ts";
import type { ChannelMessage, GroupSendOptions } from "../layers/layer.ts";
import { HandlerTable, type Handlers } from "./handler-table.ts";
import { WebSocketConsumer, type ConsumerContext } from "./websocket.ts";

/** The result of a hook that a JSON consumer must not override: the compiler shows the sentence. */
type NeverCalled = Promise<void> & "A JSON consumer never calls this. Handle messages with `this.handle`.";

/** A consumer whose frames are JSON. `JsonWebSocketConsumer(contract)` makes its base class. */
export interface JsonWebSocketConsumer<
  Name extends string,
  Message,
  Event,
  Scope extends WebSocketScope,
> extends WebSocketConsumer<Scope> {
  /** The name of the contract, for the compiler only. No value has the property. */
  readonly "~contract"?: Name;
  /** Groups of the contract to join before `connect`. Default: none. */
  readonly groups: readonly Group<Name>[];
  /** Nothing calls it. The handlers of `handle` receive the messages, and `invalid` the other frames. */
  receive(text: string): NeverCalled;
  /** Nothing calls it. The handler `invalid` receives binary frames. */
  receiveBinary(bytes: Uint8Array): NeverCalled;
  /**
   * Sends a message of the contract as one JSON text frame.
   * @returns false when the connection is closing or closed, so that the message cannot reach the client.
   * @throws {NotJsonError} CHANNELS_NOT_JSON when JSON cannot hold the message, because of a bigint or a cycle.
   */
  sendJson(message: Message): boolean;
  /**
   * Joins a group of the contract until `groupDiscard` or the end of the connection.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME when the name is not 1 to 512 UTF-16 units of well-formed text.
   */
  groupAdd(group: Group<Name>): Promise<void>;
  /**
   * Leaves a group of the contract.
   * @throws {InvalidNameError} CHANNELS_INVALID_NAME as `groupAdd` does.
   */
  groupDiscard(group: Group<Name>): Promise<void>;
  /**
   * Validates an event of the contract and sends it to every member of a group. This connection receives it as well
   * when it is a member, unless `except` is `this.channel`. Also throws the errors of `ChannelLayer.groupSend`.
   * @throws {InvalidEventError} CHANNELS_INVALID_EVENT when the event breaks the contract. Sends nothing then.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the schema of the event validates asynchronously.
   */
  groupSend(group: Group<Name>, event: Event, options?: GroupSendOptions): Promise<void>;
}

/** The base class of the consumers of one contract. */
export interface JsonWebSocketConsumerClass<C extends Contract, Scope extends WebSocketScope> {
  new (context: ConsumerContext): JsonWebSocketConsumer<C["name"], SentMessages<C["server"]>, ContractEvent<C>, Scope>;
  /**
   * Makes the table of handlers of a class: `static readonly handlers = this.handle({ receive, events })`.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when a part is unknown, the handlers and the contract do not
   * have the same kinds and events, or a handler is not a function.
   */
  handle<Self>(this: abstract new (...args: never) => Self, handlers: Handlers<C, Self>): HandlerTable<C["name"]>;
}

/** The optional parts of a JSON consumer. */
interface JsonWebSocketConsumerOptions<Adds> {
  /**
   * The middleware stack around the consumer's route. Its additions appear in the type of `this.scope`, and a route
   * without the stack does not compile. Only the compiler uses the option: the stack runs around the route.
   */
  readonly requires?: { readonly "~adds"?: Adds };
}

/**
 * Makes the base class of the consumers of a contract. A consumer class passes its handlers to `handle` and keeps the
 * table as its static `handlers`. No handler needs an annotation, and each can use the private fields of its class.
 *
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the contract is malformed or has no messages, an option is
 * unknown, or `requires` is not a stack.
 *
 * @example
 * class ChatRoom extends JsonWebSocketConsumer(chat, { requires: withUser }) {
 *   static readonly handlers = this.handle({
 *     receive: {
 *       say({ text }) {
 *         return this.groupSend(this.#room, { type: "said", author: this.scope.user.name, text });
 *       },
 *     },
 *     events: { said: { relay: (event) => event } },
 *   });
 *   readonly #room = chat.groups.room(this.scope.params.room);
 *   override get groups() {
 *     return [this.#room];
 *   }
 * }
 * const application = consumer(ChatRoom);
 */
export function JsonWebSocketConsumer<C extends Contract, Adds = object>(
  contract: C,
  options: JsonWebSocketConsumerOptions<Adds> = {},
): JsonWebSocketConsumerClass<C, WebSocketScope & ScopeParams<C["path"]> & Adds> {
  checkOptions("JsonWebSocketConsumer", options, ["requires"]);
  checkRequires(options.requires);
  checkContract(contract);
  const { events } = contract;
  class ContractConsumer extends WebSocketConsumer {
    static readonly handlers: HandlerTable | undefined = undefined;
    static handle(handlers: Handlers<Contract, unknown>): HandlerTable {
      return new HandlerTable(contract, handlers);
    }
    sendJson(message: unknown): boolean {
      return this.send(toJson(message));
    }
    override async groupSend(group: string, event: ChannelMessage, sendOptions?: GroupSendOptions): Promise<void> {
      await this.layer.groupSend(group, checkEvent(events, event), sendOptions);
    }
  }
  return ContractConsumer as never;
}

function checkRequires(stack: unknown): void {
  if (stack === undefined || typeof (Object(stack) as { readonly use?: unknown }).use === "function") return;
  throw new ConfigurationError(`Expected \`requires\` to be the result of \`stack\`, got ${describeValue(stack)}.`);
}
