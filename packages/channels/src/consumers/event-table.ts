/**
 * The table of a consumer's events. Only an event that the table declares can
 * call a handler.
 *
 * @see Django Channels, "Consumers: handlers". Differs: an event of type `send`
 * or `close` cannot reach the method of that name.
 */
import type { EventMessage } from "../contracts/event.ts";
import { describeValue, quote } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import type { FrameData } from "../fanout/codec.ts";
import { isPromiseLike, type Awaitable } from "../internal/promise.ts";
import type { ChannelMessage } from "../layers/layer.ts";

/**
 * A relay: an event handler that only turns the event into a frame. The framework builds and encodes the frame once for
 * all members of a group in this process. Every socket receives the same bytes, so the frame cannot depend on the
 * connection.
 */
export interface RelayOf<Event, Frame> {
  readonly relay: (this: void, event: Event) => Frame;
}

/**
 * A table with a handler or a relay for every event of a consumer. The second type argument of the consumer declares
 * the events.
 *
 * @example
 * class Ticker extends WebSocketConsumer<WebSocketScope, { tick: { price: number } }> {
 *   static readonly events: EventTable<Ticker> = { tick: { relay: ({ price }) => String(price) } };
 * }
 */
export type EventTable<Consumer> = {
  readonly [Type in keyof EventsOf<Consumer> & string]:
    | ((this: Consumer, event: EventMessage<EventsOf<Consumer>, Type>) => Awaitable<void>)
    | RelayOf<EventMessage<EventsOf<Consumer>, Type>, FrameData>;
};

/** The events that a consumer declares. Only the compiler sees `"~events"`. */
export type EventsOf<Consumer> = Consumer extends { readonly "~events"?: infer Events } ? NonNullable<Events> : never;

/** A handler as the connection calls it, with the consumer as `this`. */
export type EventHandler = (event: ChannelMessage) => Awaitable<void>;

/** A relay as the fan-out calls it. */
export class Relay {
  readonly frame: (event: ChannelMessage) => FrameData;

  constructor(frame: (event: ChannelMessage) => FrameData) {
    this.frame = frame;
  }
}

/** The handlers and relays of a consumer class, by event type. */
export type HandlerMap = ReadonlyMap<string, EventHandler | Relay>;

/** The entries of a table before their validation. */
export type TableEntries = Readonly<Record<string, EventHandler | RelayOf<never, unknown>>>;

/**
 * Returns the handlers and relays of a table, by event type.
 * @param encode Turns the value that a relay returns into the content of a frame.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an entry is neither a method nor a relay.
 */
export function handlerMap(table: TableEntries, encode: (value: unknown) => FrameData): HandlerMap {
  const entries = Object.entries(table).map(([type, entry]): readonly [string, EventHandler | Relay] => {
    if (typeof entry === "function") return [type, entry];
    const relay = relayOf(type, entry);
    return [type, new Relay((event) => encode(immediate(type, relay(event))))];
  });
  return new Map(entries);
}

/** Returns the value of a relay. Throws when it is a promise: a frame keeps its place among the frames of its tick. */
function immediate(type: string, value: unknown): unknown {
  if (!isPromiseLike(value)) return value;
  throw new ConfigurationError(
    `Expected the relay of the event ${quote(type)} to return its frame, got a promise. Use a method to wait.`,
  );
}

function relayOf(type: string, entry: RelayOf<never, unknown> | undefined): (event: ChannelMessage) => unknown {
  if (typeof entry?.relay === "function") return entry.relay as (event: ChannelMessage) => unknown;
  throw new ConfigurationError(
    `Expected a method or { relay: (event) => … } for the event ${quote(type)}, got ${describeValue(entry)}.`,
  );
}
