/**
 * Groups within one process. A local group has no name and no layer between its sender and its members, so that one owner
 * in the process decides in one call who receives what, and in which order.
 *
 * @see Django Channels has no counterpart: its groups always go through the layer.
 */
import { describeValue } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import { checkOptions } from "../internal/check-options.ts";
import { checkType } from "../layers/check-message.ts";
import type { Channel, ChannelMessage, SentMessage } from "../layers/layer.ts";
import { LocalChannel, type ChannelRegistry } from "../layers/local-channel.ts";
import { LocalMembers } from "../layers/local-members.ts";
import { checkEvent } from "./check-event.ts";
import type { ContractEvent, EventContract, MessageTable } from "./contract.ts";
import { checkEvents } from "./define-contract.ts";

/** Options of `publish`. */
export interface PublishOptions {
  /** A channel to skip, such as that of the sender. It need not be a member. Default: none. */
  readonly except?: Channel;
}

/** A set of channels of this process that receive the same events. `localGroup` makes it. */
export interface LocalGroup<Event extends ChannelMessage = SentMessage> {
  /** The number of members. */
  readonly size: number;

  /**
   * Adds a channel in this call: it receives the next event, and no earlier one. Its frames keep the order of the calls of
   * `publish`, `send` and `groupSend`. Does nothing when the channel is a member or is closed. A channel leaves when it
   * closes; one that waits in `receive` leaves when its lease ends.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the value is not a channel that `newChannel` of a layer in
   * this process has returned.
   */
  add(channel: Channel): void;

  /** Removes a channel in this call. Does nothing when it is not a member. Throws as `add` does. */
  discard(channel: Channel): void;

  /**
   * Passes an event to every member in this call. The members share the object, and it need not be JSON. A relay always
   * takes the event. A member with a handler misses the event when `maxQueuedEvents` events wait for it; `dropped` and
   * `onDrop` of its layer count the miss.
   * @returns the number of members that missed the event.
   * @throws {InvalidMessageError} CHANNELS_INVALID_MESSAGE when the event has no type.
   * @throws {InvalidEventError} CHANNELS_INVALID_EVENT when the event breaks the contract of the group. No member receives
   * it then.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown, `except` is not a channel of this
   * process, or the schema of the event validates asynchronously.
   */
  publish(event: Event, options?: PublishOptions): number;
}

/**
 * Makes a group within this process. Use it where one part of the process owns an ordered stream, such as the log of a
 * room. For everything else, use the groups of a layer: they reach every process.
 * @param contract The contract that types and validates the events. Default: any event.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the contract has no table of events, or a value in it is not a
 * schema.
 *
 * @example
 * const readers = localGroup(chat);
 * readers.add(this.channel); // in a consumer
 * readers.publish({ type: "said", author: "mina", text: "Hello" });
 */
export function localGroup<C extends EventContract>(contract: C): LocalGroup<ContractEvent<C>>;
export function localGroup(): LocalGroup;
export function localGroup(contract?: EventContract): LocalGroup {
  if (contract === undefined) return new ProcessGroup(undefined);
  checkEvents(contract);
  return new ProcessGroup(contract.events);
}

/** A local group. It keeps the members of each layer apart, so that the layer of a member counts its misses. */
class ProcessGroup implements LocalGroup {
  readonly #events: MessageTable | undefined;
  readonly #byLayer = new Map<ChannelRegistry, LocalMembers>();

  constructor(events: MessageTable | undefined) {
    this.#events = events;
  }

  get size(): number {
    let size = 0;
    for (const members of this.#byLayer.values()) size += members.size;
    return size;
  }

  add(channel: Channel): void {
    const local = toLocal(channel);
    let members = this.#byLayer.get(local.registry);
    if (members === undefined) {
      members = new LocalMembers();
      this.#byLayer.set(local.registry, members);
    }
    local.join(members);
  }

  discard(channel: Channel): void {
    const local = toLocal(channel);
    const members = this.#byLayer.get(local.registry);
    if (members !== undefined) local.leave(members);
  }

  publish(event: SentMessage, options?: PublishOptions): number {
    const left = options === undefined ? undefined : exceptOf(options);
    let checked: ChannelMessage = event;
    if (this.#events === undefined) checkType(event);
    else checked = checkEvent(this.#events, event);
    let missed = 0;
    for (const [layer, members] of this.#byLayer) {
      const missedHere = members.deliver(checked, left?.receiver);
      if (missedHere > 0) layer.countMissed(checked, missedHere);
      missed += missedHere;
    }
    return missed;
  }
}

function exceptOf(options: PublishOptions): LocalChannel | undefined {
  checkOptions("publish", options, ["except"]);
  return options.except === undefined ? undefined : toLocal(options.except);
}

function toLocal(channel: Channel): LocalChannel {
  if (channel instanceof LocalChannel) return channel;
  throw new ConfigurationError(
    `Expected a channel of this process, such as \`this.channel\` of a consumer, got ${describeValue(channel)}. ` +
      "Use `groupAdd` and `groupSend` of a layer to reach other processes.",
  );
}
