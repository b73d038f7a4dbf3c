/** Validates the messages of one side of a contract. */
import { quote } from "../describe-value.ts";
import { isPromiseLike } from "../internal/promise.ts";
import type { SchemaIssue, SchemaResult } from "../standard-schema.ts";
import { schemaOf } from "./check-event.ts";
import { isSchema, type MessageSide } from "./contract.ts";

/** A valid message with its kind, or the issues of an invalid one. */
export type MessageResult =
  | {
      /** The type of the message; undefined when one schema serves all messages of the side. */
      readonly kind: string | undefined;
      readonly message: unknown;
      readonly issues?: undefined;
    }
  | { readonly issues: readonly SchemaIssue[] };

/** Validates the content of one frame. Returns a promise when the schema validates asynchronously. */
export function validateMessage(side: MessageSide, content: unknown): MessageResult | Promise<MessageResult> {
  if (isSchema(side)) return settle(undefined, side["~standard"].validate(content));
  const { type: kind, ...fields } = Object(content) as { readonly type?: unknown };
  const schema = typeof kind === "string" ? schemaOf(side, kind) : undefined;
  if (schema === undefined) {
    const kinds = Object.keys(side).map(quote).join(", ");
    return { issues: [{ message: `Expected one of ${kinds}`, path: ["type"] }] };
  }
  return settle(kind as string, schema["~standard"].validate(fields));
}

function settle(
  kind: string | undefined,
  result: SchemaResult<unknown> | Promise<SchemaResult<unknown>>,
): MessageResult | Promise<MessageResult> {
  return isPromiseLike(result)
    ? Promise.resolve(result).then((settled) => toMessage(kind, settled))
    : toMessage(kind, result);
}

function toMessage(kind: string | undefined, result: SchemaResult<unknown>): MessageResult {
  if (result.issues !== undefined) return result;
  const { value } = result;
  return { kind, message: kind === undefined ? value : { ...(value as object), type: kind } };
}
