/** Applications that handle the messages of named channels. */
import type { ChannelApplication } from "../application/application.ts";
import type { ChannelScope } from "../application/scope.ts";
import { checkEvent } from "../contracts/check-event.ts";
import { checkKinds } from "../contracts/check-kinds.ts";
import type { ContractEvent, EventContract } from "../contracts/contract.ts";
import { checkEvents } from "../contracts/define-contract.ts";
import { NoHandlerError } from "../errors.ts";
import { checkFunction } from "../internal/check-options.ts";
import type { Awaitable } from "../internal/promise.ts";
import type { ChannelMessage } from "../layers/layer.ts";

/** A table with one handler for each event of a contract. */
export type ChannelTable<C extends EventContract, Scope = ChannelScope> = {
  readonly [Type in keyof C["events"] & string]: (event: ContractEvent<C, Type>, scope: Scope) => Awaitable<void>;
};

/**
 * Returns an application for `channelNameRouter` that validates each event by the contract and calls its handler.
 *
 * The application throws these errors. A worker reports the first one once per type, and the others each time.
 * - `NoHandlerError` CHANNELS_NO_HANDLER when the contract does not have the event.
 * - `InvalidEventError` CHANNELS_INVALID_EVENT when the event breaks the contract.
 * - `ConfigurationError` CHANNELS_CONFIGURATION when the schema of the event validates asynchronously.
 *
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when a handler is not a function, a schema is not one, or the
 * table and the contract do not have the same events.
 *
 * @example
 * const work = defineEvents({ name: "work", events: { "thumbnail.make": z.object({ image: z.string() }) } });
 * const thumbnails = channelConsumer(work, {
 *   "thumbnail.make": async ({ image }) => { await makeThumbnail(image); },
 * });
 * await publisher(layer, work).send("thumbnails", { type: "thumbnail.make", image: "cat.png" });
 *
 * @see Django Channels, "Worker and Background Tasks: consumers". Differs: the handlers are functions, so no object
 * keeps state between messages.
 */
export function channelConsumer<C extends EventContract, Scope extends ChannelScope = ChannelScope>(
  contract: C,
  table: ChannelTable<C, Scope>,
): ChannelApplication<Scope> {
  checkEvents(contract);
  checkKinds("event", contract.events, table);
  for (const [type, handler] of Object.entries(table)) checkFunction(type, handler);
  type Handler = (event: ChannelMessage, scope: Scope) => Awaitable<void>;
  const handlers = new Map(Object.entries(table)) as unknown as ReadonlyMap<string, Handler>;
  return (message, scope) => {
    const handler = handlers.get(message.type);
    if (handler === undefined) throw new NoHandlerError(scope.channel, message.type);
    return handler(checkEvent(contract.events, message), scope);
  };
}
