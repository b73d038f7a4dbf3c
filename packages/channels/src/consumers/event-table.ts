/**
 * The declared table of a consumer's events. Only what stands in it can be
 * called by a message of the layer; there is no dispatch by method name.
 *
 * @see Django Channels, "Consumers: handlers". Differs: a message of type
 * `send` or `close` cannot reach a method that was never meant as a handler.
 */
import type { Awaitable } from "../internal/promise.ts";
import type { DeepReadonly, EventMessage } from "../contracts/event.ts";
import type { FrameData } from "../fanout/codec.ts";
import { toJson } from "../internal/json.ts";

/** Runs once per member, one at a time with the other handlers of its connection. */
export type EventHandler<Consumer, Event> = (consumer: Consumer, event: Event) => Awaitable<void>;

/** A frame whose text is this value as JSON. There for the compiler only. */
interface Json<Content> {
  readonly "~json": Content;
}

/** An event that only becomes a frame. Made by `relay`. */
export class Relay<Event, Frame = unknown> {
  /** Carries what the frame is made of in the type; nothing is there at run time. */
  declare readonly "~frame"?: Frame;
  readonly frame: (event: Event) => FrameData;
  constructor(frame: (event: Event) => FrameData) {
    this.frame = frame;
  }
}

/**
 * Declares that an event only becomes a frame for the client. The frame is made
 * and encoded once for all members of a group that this process serves, and
 * the same bytes go to each of them, so it cannot depend on the connection.
 *
 * @param frame The content: a string for a text frame, bytes for a binary one.
 */
export function relay<Event>(frame: (event: Event) => FrameData): Relay<Event, FrameData> {
  return new Relay(frame);
}

/**
 * Like `relay`, for content that is sent as JSON. What JSON cannot hold is
 * reported as `NotJsonError` CHANNELS_NOT_JSON, and nobody gets a frame.
 */
export function relayJson<Event, Content>(content: (event: Event) => Content): Relay<Event, Json<Content>> {
  return new Relay((event) => toJson(content(event)));
}

/** A handler or a relay for every event that the consumer's second type argument declares. */
export type EventTable<Consumer> = {
  readonly [Type in keyof EventsOf<Consumer> & string]:
    | EventHandler<Consumer, EventMessage<EventsOf<Consumer>, Type>>
    | Relay<EventMessage<EventsOf<Consumer>, Type>, FrameOf<Consumer>>;
};

/** What the frames of a consumer are made of: whatever it likes, or what its contract says. */
type FrameOf<Consumer> = Consumer extends { readonly "~sends"?: infer Content }
  ? Json<DeepReadonly<NonNullable<Content>>>
  : unknown;

/** The events that a consumer declares. `"~events"` is there for the compiler only. */
export type EventsOf<Consumer> = Consumer extends { readonly "~events"?: infer Events } ? NonNullable<Events> : never;
