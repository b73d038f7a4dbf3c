/** The declared table of a channel's messages, as an application of their handlers. */
import type { Awaitable } from "../internal/promise.ts";
import type { ChannelApplication } from "../application/application.ts";
import { checkContract, checkEvent, type ContractEvents, type EventContract } from "../contracts/contract.ts";
import { ConfigurationError, NoHandlerError, quote } from "../errors.ts";
import type { EventMessage } from "../contracts/event.ts";
import type { ChannelMessage } from "../layers/layer.ts";
import { checkFunction } from "../internal/check-options.ts";
import type { ChannelScope } from "../application/scope.ts";

/** Handles one message of a named channel. */
export type ChannelHandler<Event, Scope = ChannelScope> = (event: Event, scope: Scope) => Awaitable<void>;

/** A handler for every type of message in `Events`. */
export type ChannelTable<Events, Scope = ChannelScope> = {
  readonly [Type in keyof Events & string]: ChannelHandler<EventMessage<Events, Type>, Scope>;
};

/**
 * Makes an application of a table of handlers, for `channelNameRouter`. Only
 * what stands in the table can be called by a message.
 *
 * The application throws `NoHandlerError` CHANNELS_NO_HANDLER for any other
 * message; a worker reports that once per type.
 *
 * With a contract the table has its events, and each message is checked before
 * it is handled. The application throws `InvalidEventError`
 * CHANNELS_INVALID_EVENT for one that breaks the contract, and
 * `ConfigurationError` CHANNELS_CONFIGURATION when its schema does not answer
 * at once; a worker reports each. `publisher` checks what is sent.
 *
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when a handler is no function, the contract's schema of an event is
 * none, or the table has not the events of the contract.
 *
 * @typeParam Events What it takes, `{ "thumbnail.make": { image: string } }`.
 *
 * @example
 * const work = { events: { "thumbnail.make": z.object({ image: z.string() }) } } satisfies EventContract;
 * const thumbnails = channelConsumer(work, {
 *   "thumbnail.make": async ({ image }) => { await makeThumbnail(image); },
 * });
 * await publisher(layer, work).send("thumbnails", { type: "thumbnail.make", image: "cat.png" });
 *
 * @see Django Channels, "Worker and Background Tasks: consumers". Differs: no
 * object is kept between messages.
 */
export function channelConsumer<C extends EventContract, Scope extends ChannelScope = ChannelScope>(
  contract: C,
  table: ChannelTable<ContractEvents<C>, Scope>,
): ChannelApplication<Scope>;
export function channelConsumer<Events extends object, Scope extends ChannelScope = ChannelScope>(
  table: ChannelTable<Events, Scope>,
): ChannelApplication<Scope>;
export function channelConsumer<Scope extends ChannelScope>(
  ...parts: [contract: EventContract, table: object] | [table: object]
): ChannelApplication<Scope> {
  const [contract, table] = parts.length === 2 ? parts : [undefined, parts[0]];
  for (const [type, handler] of Object.entries(table)) checkFunction(type, handler);
  if (contract !== undefined) checkTable(contract, table);
  const handlers = new Map(Object.entries(table)) as ReadonlyMap<string, ChannelHandler<ChannelMessage, Scope>>;
  return (message, scope) => {
    const handler = handlers.get(message.type);
    if (handler === undefined) throw new NoHandlerError(scope.channel, message.type);
    return handler(contract === undefined ? message : checkEvent(contract.events, message), scope);
  };
}

/** A handler that is missing would be missed only when its event comes, and one too many never gets any. */
function checkTable(contract: EventContract, table: object): void {
  checkContract(contract);
  const [wanted, given] = [contract.events, table].map((each) => Object.keys(each).toSorted().map(quote).join(", "));
  if (wanted === given) return;
  throw new ConfigurationError(
    `Expected a handler for each event of the contract, ${wanted || "none"}, and no other; got ${given || "none"}.`,
  );
}
