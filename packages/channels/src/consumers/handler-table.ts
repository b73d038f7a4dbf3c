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

/** A permanent code of a frame that a consumer refuses. A client receives it in an error frame. */
export type InvalidInputCode =
  /** On the wire: the client sent a binary frame to a consumer of JSON. */
  | "CHANNELS_TEXT_EXPECTED"
  /** On the wire: the client sent a text frame that is not JSON. */
  | "CHANNELS_INVALID_JSON"
  /** On the wire: the client sent JSON that breaks the contract. The message names the fields. */
  | "CHANNELS_INVALID_INPUT";

/** The reason why a consumer refuses a frame. */
export interface InvalidInput {
  readonly code: InvalidInputCode;
  /** One sentence for the client. */
  readonly message: string;
  /** The issues that the schema found, for `CHANNELS_INVALID_INPUT`. */
  readonly issues: readonly SchemaIssue[];
}

/** One function for all messages of clients, or one per kind, as the contract has one schema or several. */
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

/** The handlers of a JSON consumer. Each is a method: `this` is the consumer. */
export interface Handlers<C extends Contract, Self> {
  /** Runs for each valid message of the client. */
  readonly receive: ReceiveHandlers<C["client"], Self>;
  /** Runs, or relays, for each event of the contract. */
  readonly events: EventHandlers<C, Self>;
  /**
   * Runs for each frame that breaks the contract. Default: answers `{"error": {"code", "message"}}` and leaves the
   * connection open.
   */
  readonly invalid?: (this: Self, reason: InvalidInput) => Awaitable<void>;
}

/** The handlers of one consumer class, with their contract. `handle` of the class makes it. */
export class HandlerTable<Name extends string = string> {
  /** Carries the contract's name in the type; nothing is there at run time. */
  declare readonly "~contract"?: Name;
  readonly #contract: Contract;
  readonly #handlers: Handlers<Contract, unknown>;

  /**
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

  /** Returns the parts of a table. Kept off the type that developers see. */
  static partsOf(table: HandlerTable): { readonly contract: Contract; readonly handlers: Handlers<Contract, unknown> } {
    return { contract: table.#contract, handlers: table.#handlers };
  }
}
