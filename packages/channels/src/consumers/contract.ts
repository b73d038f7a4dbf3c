/** The WebSocket consumer of a contract: what it takes, sends and hears is checked and typed by it. */
import { checkEvent, type Contract, type ContractEvents } from "../contracts/contract.ts";
import type { DeepReadonly, EventMessage } from "../contracts/event.ts";
import type { GroupSendOptions } from "../layers/layer.ts";
import type { WebSocketScope } from "../application/scope.ts";
import type { InferInput, InferOutput, StandardSchema } from "../standard-schema.ts";
import { JsonWebSocketConsumer } from "./json-websocket.ts";

/**
 * A JSON consumer whose types and checks come from one contract. A class of it
 * has the contract as its static `contract`, and a handler for each event.
 *
 * Clients are answered as `JsonWebSocketConsumer` says. An event that breaks
 * the contract is refused where it is sent; one that comes from a process with
 * another contract is reported, once for all members of a group, and reaches
 * no handler.
 *
 * @example
 * class Chat extends ContractConsumer<typeof chat> {
 *   static readonly contract = chat;
 *   static readonly events: EventTable<Chat> = {
 *     "chat.message": relayJson(({ text, author }) => ({ message: text, author })),
 *   };
 *   override receiveJson({ message }: InferOutput<typeof chat.client>) {
 *     return this.groupSend("lobby", { type: "chat.message", text: message, author: "somebody" });
 *   }
 * }
 */
export abstract class ContractConsumer<
  C extends Contract,
  Scope extends WebSocketScope = WebSocketScope,
> extends JsonWebSocketConsumer<Scope, ContractEvents<C>, InferOutput<C["client"]>> {
  /** Carries the contract in the type of the class; nothing is there at run time. */
  declare readonly "~contract"?: C;
  /** Carries what its frames are made of. */
  declare readonly "~sends"?: InferInput<C["server"]>;

  override get schema(): StandardSchema<unknown, InferOutput<C["client"]>> {
    return this.#contract.client as StandardSchema<unknown, InferOutput<C["client"]>>;
  }

  override sendJson(content: DeepReadonly<InferInput<C["server"]>>): boolean {
    return super.sendJson(content);
  }

  /**
   * As `WebSocketConsumer.groupSend`, with the event checked first.
   * @throws {InvalidEventError} CHANNELS_INVALID_EVENT when the event breaks the contract; nothing was sent.
   */
  override async groupSend(
    group: string,
    event: EventMessage<ContractEvents<C>>,
    options?: GroupSendOptions,
  ): Promise<void> {
    await this.layer.groupSend(group, checkEvent(this.#contract.events, event), options);
  }

  get #contract(): C {
    return (this.constructor as unknown as { readonly contract: C }).contract;
  }
}
