/** Where the layer's groups meet fan-out: a group's message for many consumers of one kind. */
import type { ConsumerConnection } from "./consumer.ts";
import type { ConsumerHooks } from "./consumer-hooks.ts";
import { Relay, type EventHandler, type FrameData } from "./events.ts";
import type { ResolvedConsumerLimits } from "./consumer-limits.ts";
import { checkEvent, schemaOf, type Contract } from "./contract.ts";
import type { Fanout } from "./fanout.ts";
import { FanoutLane } from "./fanout-lane.ts";
import { FirstTimes } from "./first-times.ts";
import type { Audience, ChannelMessage, Lane } from "./layers/layer.ts";

/** A declared table, ready for look-up by the type of a message. */
export type HandlerMap = ReadonlyMap<string, EventHandler<ConsumerHooks, ChannelMessage> | Relay<ChannelMessage>>;

/** What all consumers of one class have in common. */
export interface ConsumerTraits {
  readonly name: string;
  readonly handlers: HandlerMap;
  readonly contract: Contract | undefined;
  readonly limits: ResolvedConsumerLimits;
}

/** All connections of one consumer on one server. */
export class ConsumerAudience implements Audience {
  readonly consumerName: string;
  readonly handlers: HandlerMap;
  readonly limits: ResolvedConsumerLimits;
  readonly fanout: Fanout<unknown>;
  readonly #contract: Contract | undefined;
  readonly unknownTypes: FirstTimes = new FirstTimes();

  constructor({ name, handlers, contract, limits }: ConsumerTraits, fanout: Fanout<unknown>) {
    this.consumerName = name;
    this.handlers = handlers;
    this.limits = limits;
    this.#contract = contract;
    this.fanout = fanout;
  }

  openLane(): Lane {
    return new RelayLane(this);
  }

  /** The event as its contract gives it; undefined, and a report, when it breaks the contract. */
  checked(message: ChannelMessage): ChannelMessage | undefined {
    if (this.#contract === undefined || schemaOf(this.#contract.events, message.type) === undefined) return message;
    try {
      return checkEvent(this.#contract.events, message);
    } catch (error) {
      this.fanout.report({ level: "error", consumer: this.consumerName, event: message.type, error });
      return undefined;
    }
  }

  /** Makes and writes an event's frame. A relay that throws is this consumer's fault, not that of the sender. */
  relay(handler: Relay<ChannelMessage>, message: ChannelMessage, write: (data: FrameData) => void): void {
    try {
      write(handler.frame(message));
    } catch (error) {
      this.fanout.report({ level: "error", consumer: this.consumerName, event: message.type, error });
    }
  }
}

/** The connections of one audience in one group. */
class RelayLane implements Lane {
  readonly #audience: ConsumerAudience;
  readonly #lane = new FanoutLane<unknown>();

  constructor(audience: ConsumerAudience) {
    this.#audience = audience;
  }

  get size(): number {
    return this.#lane.outlets.size;
  }

  add(connection: ConsumerConnection): void {
    this.#audience.fanout.join(this.#lane, connection);
  }

  delete(connection: ConsumerConnection): void {
    this.#audience.fanout.leave(this.#lane, connection);
  }

  deliver(sent: ChannelMessage, except?: ConsumerConnection): number {
    const { fanout, handlers } = this.#audience;
    const message = this.#audience.checked(sent);
    if (message === undefined) return 0;
    const handler = handlers.get(message.type);
    if (handler instanceof Relay) {
      this.#audience.relay(handler, message, (data) => fanout.publish(this.#lane, data, except));
      return 0;
    }
    let missed = 0;
    for (const connection of this.#lane.outlets) {
      if (connection !== except && !(connection as ConsumerConnection).deliver(message)) missed += 1;
    }
    return missed;
  }
}
