/** Validates events against their contract. */
import { quote } from "../describe-value.ts";
import { ConfigurationError, InvalidEventError } from "../errors.ts";
import { isPromiseLike } from "../internal/promise.ts";
import { checkType } from "../layers/check-message.ts";
import type { ChannelMessage } from "../layers/layer.ts";
import type { StandardSchema } from "../standard-schema.ts";
import type { MessageTable } from "./contract.ts";

/** Returns the schema of a kind. Undefined when the table has no such kind. */
export function schemaOf(table: MessageTable, kind: string): StandardSchema<unknown, object> | undefined {
  return Object.hasOwn(table, kind) ? table[kind] : undefined;
}

/** The schema that validated each event. A process validates an event once, when it sends or first receives it. */
const checkedBy = new WeakMap<ChannelMessage, StandardSchema<unknown, object>>();

/**
 * Validates an event. Returns the output of its schema together with its type.
 * @throws {InvalidMessageError} CHANNELS_INVALID_MESSAGE when the event has no type.
 * @throws {InvalidEventError} CHANNELS_INVALID_EVENT when the event breaks the contract.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when its schema validates asynchronously.
 */
export function checkEvent(events: MessageTable, event: ChannelMessage): ChannelMessage {
  checkType(event);
  const schema = schemaOf(events, event.type);
  if (schema === undefined) {
    const types = Object.keys(events).map(quote).join(", ");
    throw new InvalidEventError(event.type, [{ message: `the contract has only these events: ${types || "none"}` }]);
  }
  return checkAgainst(schema, event);
}

/**
 * Validates an event against the schema of its type. Returns the output of the schema together with the type.
 * @throws {InvalidEventError} CHANNELS_INVALID_EVENT when the event breaks the schema.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the schema validates asynchronously.
 */
export function checkAgainst(schema: StandardSchema<unknown, object>, event: ChannelMessage): ChannelMessage {
  if (checkedBy.get(event) === schema) return event;
  const { type, ...fields } = event;
  const result = schema["~standard"].validate(fields);
  if (isPromiseLike(result)) {
    throw new ConfigurationError(
      `Expected the schema of the event ${quote(type)} to validate synchronously, got a promise.`,
    );
  }
  if (result.issues !== undefined) throw new InvalidEventError(type, result.issues);
  const checked = { ...result.value, type };
  checkedBy.set(checked, schema);
  return checked;
}
