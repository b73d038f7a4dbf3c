/** The declared table of a channel's messages, as an application of their handlers. */
import type { Awaitable, ChannelApplication } from "./application.ts";
import { NoHandlerError } from "./errors.ts";
import type { EventMessage } from "./events.ts";
import type { ChannelMessage } from "./layers/layer.ts";
import type { ChannelScope } from "./scope.ts";

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
 * @typeParam Events What it takes, `{ "thumbnail.make": { image: string } }`.
 *
 * @example
 * const thumbnails = channelConsumer<{ "thumbnail.make": { image: string } }>({
 *   "thumbnail.make": async ({ image }) => { await makeThumbnail(image); },
 * });
 *
 * @see Django Channels, "Worker and Background Tasks: consumers". Differs: no
 * object is kept between messages.
 */
export function channelConsumer<Events extends object, Scope extends ChannelScope = ChannelScope>(
  table: ChannelTable<Events, Scope>,
): ChannelApplication<Scope> {
  const handlers = new Map(Object.entries(table)) as ReadonlyMap<string, ChannelHandler<ChannelMessage, Scope>>;
  return (message, scope) => {
    const handler = handlers.get(message.type);
    if (handler === undefined) throw new NoHandlerError(scope.channel, message.type);
    return handler(message, scope);
  };
}
