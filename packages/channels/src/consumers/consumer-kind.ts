/** Connects the groups of a layer to the fan-out of a server, for one consumer class. */
import { checkAgainst, schemaOf } from "../contracts/check-event.ts";
import type { EventContract } from "../contracts/contract.ts";
import { NoHandlerError } from "../errors.ts";
import type { FrameData } from "../fanout/codec.ts";
import type { Fanout } from "../fanout/fanout.ts";
import { Lane, type FanoutTarget } from "../fanout/lane.ts";
import { blockedSince } from "../internal/blocking.ts";
import type { Awaitable } from "../internal/promise.ts";
import { WarnOnce } from "../internal/warn-once.ts";
import type { ChannelMessage, GroupMembers, Receiver, ReceiverKind } from "../layers/layer.ts";
import type { ConsumerReport } from "../report.ts";
import { Relay, type EventHandler, type HandlerMap } from "./event-table.ts";
import type { ConsumerHooks } from "./hooks.ts";
import type { ResolvedConsumerLimits } from "./consumer-limits.ts";

/** An event together with its handler, so that nothing looks the handler up again. */
export interface HandledEvent {
  readonly message: ChannelMessage;
  /** Undefined when the consumer class declares no such event. */
  readonly handler: EventHandler | Relay | undefined;
}

/** The facts that all consumers of one class share. */
export interface ConsumerTraits {
  readonly name: string;
  readonly handlers: HandlerMap;
  readonly contract: EventContract | undefined;
  readonly limits: ResolvedConsumerLimits;
  /** Passes one frame of the client to the consumer. */
  readonly receive: FrameReceiver;
}

/** A function that passes one frame of the client to its consumer. */
export type FrameReceiver = (consumer: ConsumerHooks, data: FrameData) => Awaitable<void>;

/** A connection as a member of a group. */
interface ConsumerMember extends Receiver, FanoutTarget<unknown> {
  /** Passes an event to its handler, or queues it. Returns false when `maxQueuedEvents` events wait already. */
  deliverEvent(event: HandledEvent): boolean;
}

/** The connections of one consumer class on one server, as the layer and the fan-out see them. */
export class ConsumerKind implements ReceiverKind {
  readonly consumerName: string;
  readonly limits: ResolvedConsumerLimits;
  readonly fanout: Fanout<unknown>;
  readonly receive: FrameReceiver;
  readonly #handlers: HandlerMap;
  readonly #contract: EventContract | undefined;
  readonly #undeclaredTypes = new WarnOnce();

  constructor({ name, handlers, contract, limits, receive }: ConsumerTraits, fanout: Fanout<unknown>) {
    this.consumerName = name;
    this.limits = limits;
    this.receive = receive;
    this.fanout = fanout;
    this.#handlers = handlers;
    this.#contract = contract;
  }

  createMembers(): GroupMembers {
    return new ConsumerMembers(this);
  }

  /** Validates an event and finds its handler. Reports an event that breaks its contract, and returns undefined. */
  resolve(message: ChannelMessage): HandledEvent | undefined {
    const handler = this.#handlers.get(message.type);
    const schema = this.#contract === undefined ? undefined : schemaOf(this.#contract.events, message.type);
    if (schema === undefined) return { message, handler };
    try {
      return { message: checkAgainst(schema, message), handler };
    } catch (error) {
      this.report("error", message.type, error);
      return undefined;
    }
  }

  /**
   * Builds the frame of a relay and passes it to `write`. Reports the error of a relay; the sender did not cause it.
   */
  relay(handler: Relay, message: ChannelMessage, write: (data: FrameData) => void): void {
    try {
      write(handler.frame(message));
    } catch (error) {
      this.report("error", message.type, error);
    }
  }

  /** Reports a failure or a warning of a consumer of this class. */
  report(level: ConsumerReport["level"], operation: string, error: unknown): void {
    this.fanout.report({ level, source: this.consumerName, operation, error });
  }

  /** Reports a handler that has blocked the event loop since this time, from `handlerStart`. */
  warnIfBlocked(operation: string, startedAtMs: number): void {
    const blocked = blockedSince(startedAtMs, this.consumerName, operation);
    if (blocked !== undefined) this.report("warning", operation, blocked);
  }

  /** Reports an event that the class does not declare, once per type. */
  warnUndeclared(type: string): void {
    if (this.#undeclaredTypes.isFirst(type)) this.report("warning", type, new NoHandlerError(this.consumerName, type));
  }
}

/** The connections of one consumer class in one group. They receive the same frames, so they form one lane. */
class ConsumerMembers implements GroupMembers {
  readonly #kind: ConsumerKind;
  readonly #lane = new Lane<unknown>();

  constructor(kind: ConsumerKind) {
    this.#kind = kind;
  }

  get size(): number {
    return this.#lane.targets.size;
  }

  add(member: ConsumerMember): void {
    this.#kind.fanout.join(this.#lane, member);
  }

  delete(member: ConsumerMember): void {
    this.#kind.fanout.leave(this.#lane, member);
  }

  deliver(sent: ChannelMessage, except?: ConsumerMember): number {
    const { fanout } = this.#kind;
    const event = this.#kind.resolve(sent);
    if (event === undefined) return 0;
    if (event.handler instanceof Relay) {
      this.#kind.relay(event.handler, event.message, (data) => fanout.publish(this.#lane, data, except));
      return 0;
    }
    let missed = 0;
    for (const member of this.#lane.targets) {
      if (member !== except && !(member as ConsumerMember).deliverEvent(event)) missed += 1;
    }
    return missed;
  }
}
