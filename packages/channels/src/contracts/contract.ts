/**
 * One contract for all sides of a connection: what clients send, what the
 * server sends, and what travels between consumers. Its schemas check values at
 * run time and give their types at compile time.
 *
 * @example
 * export const chat = {
 *   client: z.object({ message: z.string().max(500) }),
 *   server: z.object({ message: z.string(), author: z.string() }),
 *   events: { "chat.message": z.object({ text: z.string(), author: z.string() }) },
 * } satisfies Contract;
 */
import { isPromiseLike } from "../internal/promise.ts";
import { ConfigurationError, InvalidEventError, quote, describeValue } from "../errors.ts";
import type { EventMessage } from "./event.ts";
import type { ChannelLayer, ChannelMessage, GroupSendOptions } from "../layers/layer.ts";
import { checkType } from "../layers/check-message.ts";
import type { InferOutput, StandardSchema } from "../standard-schema.ts";

/** The part of a contract that clients have no part in, and all that a worker needs. */
export interface EventContract {
  /** The fields of each event by its type. Such a schema answers at once, and takes what it gives. */
  readonly events: Readonly<Record<string, StandardSchema<unknown, object>>>;
}

/** Schemas of zod, valibot, arktype or any other library of Standard Schema. */
export interface Contract extends EventContract {
  /** What a client sends. */
  readonly client: StandardSchema;
  /** What the server sends. Checked by the client; the server's side is checked by the compiler. */
  readonly server: StandardSchema;
}

/** A contract's events as consumers, workers and publishers use them. */
export type ContractEvents<C extends EventContract> = {
  readonly [Type in keyof C["events"]]: FieldsOf<InferOutput<C["events"][Type]>>;
};

/** An object without fields may be typed as one whose every field is impossible, and then so would be its `type`. */
type FieldsOf<Output> = Output extends Record<string, never> ? object : Output;

/**
 * Sends a contract's events from anywhere: an HTTP handler, a job, another process. What the layer throws, it throws;
 * and `ConfigurationError` CHANNELS_CONFIGURATION when an event's schema does not answer at once.
 */
export interface Publisher<Events extends object> {
  /**
   * Sends to one channel, as `ChannelLayer.send` does.
   * @throws {InvalidEventError} CHANNELS_INVALID_EVENT when the event breaks the contract; nothing was sent.
   */
  send(channel: string, event: EventMessage<Events>): Promise<void>;
  /**
   * Sends to a group, as `ChannelLayer.groupSend` does.
   * @throws {InvalidEventError} CHANNELS_INVALID_EVENT when the event breaks the contract; nothing was sent.
   */
  groupSend(group: string, event: EventMessage<Events>, options?: GroupSendOptions): Promise<void>;
}

/**
 * Makes a publisher of a contract's events.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the schema of an event is none.
 */
export function publisher<C extends EventContract>(layer: ChannelLayer, contract: C): Publisher<ContractEvents<C>> {
  checkContract(contract);
  const { events } = contract;
  return {
    send: async (channel, event) => layer.send(channel, checkEvent(events, event)),
    groupSend: async (group, event, options) => layer.groupSend(group, checkEvent(events, event), options),
  };
}

/** @throws {ConfigurationError} CHANNELS_CONFIGURATION when it has no table of events, or one of its schemas is none. */
export function checkContract(contract: EventContract | Contract): void {
  const { events, ...others } = contract as { readonly events?: unknown };
  if (typeof events !== "object" || events === null) {
    throw new ConfigurationError(`Expected a contract with a table of \`events\`, got ${describeValue(events)}.`);
  }
  for (const [name, schema] of Object.entries({ ...others, ...events })) {
    const standard = (schema as Partial<StandardSchema> | null | undefined)?.["~standard"];
    if (typeof standard?.validate === "function") continue;
    throw new ConfigurationError(`Expected a schema for ${quote(name)} of a contract, got ${describeValue(schema)}.`);
  }
}

/** The schema of an event; undefined when the contract has no such event. */
export function schemaOf(events: EventContract["events"], type: string): StandardSchema<unknown, object> | undefined {
  return Object.hasOwn(events, type) ? events[type] : undefined;
}

/** What was checked, and by which schema: what stays within the process is checked once. */
const checkedBy = new WeakMap<ChannelMessage, StandardSchema<unknown, object>>();

/**
 * The event as its schema gives it.
 * @throws {InvalidMessageError} CHANNELS_INVALID_MESSAGE when it has no type.
 * @throws {InvalidEventError} CHANNELS_INVALID_EVENT when it breaks the contract.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when its schema does not answer at once.
 */
export function checkEvent(events: EventContract["events"], event: ChannelMessage): ChannelMessage {
  checkType(event);
  const schema = schemaOf(events, event.type);
  if (schema === undefined) {
    const types = Object.keys(events).map(quote).join(", ");
    throw new InvalidEventError(event.type, [{ message: `the contract has no such event, but: ${types || "none"}` }]);
  }
  if (checkedBy.get(event) === schema) return event;
  const { type, ...fields } = event;
  const result = schema["~standard"].validate(fields);
  if (isPromiseLike(result)) {
    throw new ConfigurationError(`Expected the schema of the event ${quote(type)} to answer at once, got a promise.`);
  }
  if (result.issues !== undefined) throw new InvalidEventError(type, result.issues);
  const checked = { ...result.value, type };
  checkedBy.set(checked, schema);
  return checked;
}
