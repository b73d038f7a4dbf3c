/** The handlers of a JSON consumer: one table, typed by the contract. */
import { checkKinds } from "../contracts/check-kinds.ts";
import {
  isSchema,
  type Contract,
  type ContractEvent,
  type MessageSide,
  type SentMessages,
} from "../contracts/contract.ts";
import type { OneKind } from "../contracts/event.ts";
import { checkFunction, checkOptions } from "../internal/check-options.ts";
import type { Awaitable } from "../internal/promise.ts";
import type { InferOutput, SchemaIssue, StandardSchema } from "../standard-schema.ts";
import type { RelayOf } from "./event-table.ts";

/** The permanent code for a frame that a JSON consumer refuses. The client receives it in an error frame. */
export type InvalidInputCode =
  /** The code in the answer to a binary frame. A JSON consumer takes text frames only: send the JSON as text. */
  | "CHANNELS_TEXT_EXPECTED"
  /** The code in the answer to a text frame that is not JSON, or has too many levels or values. Send less in one frame. */
  | "CHANNELS_INVALID_JSON"
  /** The code in the answer to JSON that breaks the contract. The message names the fields: correct them. */
  | "CHANNELS_INVALID_INPUT";

/** The reason why a consumer refuses a frame. */
export interface InvalidInput {
  readonly code: InvalidInputCode;
  /** One sentence for the client. */
  readonly message: string;
  /** The issues that the schema found. Empty unless the code is `CHANNELS_INVALID_INPUT`. */
  readonly issues: readonly SchemaIssue[];
}

/** One function when the contract has one schema for all client messages, otherwise one function per kind. */
type ReceiveHandlers<Client extends MessageSide, Self> =
  Client extends StandardSchema<unknown, infer Output>
    ? (this: Self, message: Output) => Awaitable<void>
    : {
        readonly [K in keyof Client & string]: (
          this: Self,
          message: OneKind<K, InferOutput<Client[K]>>,
        ) => Awaitable<void>;
      };

/** A handler or a relay for every event of the contract. */
type EventHandlers<C extends Contract, Self> = {
  readonly [K in keyof C["events"] & string]:
    | RelayOf<ContractEvent<C, K>, SentMessages<C["server"]>>
    | ((this: Self, event: ContractEvent<C, K>) => Awaitable<void>);
};

/** The handlers of a JSON consumer. Each is a method, and its `this` is the consumer. */
export interface Handlers<C extends Contract, Self> {
  /** The handlers of the valid messages of the client. */
  readonly receive: ReceiveHandlers<C["client"], Self>;
  /** The handler or the relay of each event of the contract. */
  readonly events: EventHandlers<C, Self>;
  /**
   * Handles each frame that breaks the contract. Default: answers `{"error": {"code", "message"}}` and leaves the
   * connection open.
   */
  readonly invalid?: (this: Self, reason: InvalidInput) => Awaitable<void>;
}

/** The checked handlers of one consumer class. `handle` of the class makes the table. */
export class HandlerTable<Name extends string = string> {
  /** The name of the contract, for the compiler only. No value has the property. */
  declare readonly "~contract"?: Name;
  readonly #contract: Contract;
  readonly #handlers: Handlers<Contract, unknown>;

  /**
   * Checks the handlers.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when a part is unknown, the handlers and the contract do not
   * have the same kinds and events, or a handler is not a function.
   */
  constructor(contract: Contract, handlers: Handlers<Contract, unknown>) {
    checkOptions("handle", handlers, ["receive", "events", "invalid"]);
    const { receive, events, invalid = () => undefined } = handlers;
    if (isSchema(contract.client)) {
      checkFunction("receive", receive);
    } else {
      checkKinds("message", contract.client, receive);
      for (const [kind, handler] of Object.entries(receive)) checkFunction(`receive.${kind}`, handler);
    }
    checkKinds("event", contract.events, events);
    checkFunction("invalid", invalid);
    this.#contract = contract;
    this.#handlers = handlers;
  }

  /** Returns the parts of a table. A static method, so that editors do not offer it on a table. */
  static partsOf(table: HandlerTable): { readonly contract: Contract; readonly handlers: Handlers<Contract, unknown> } {
    return { contract: table.#contract, handlers: table.#handlers };
  }
}
