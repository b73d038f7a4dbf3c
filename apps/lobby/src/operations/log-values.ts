/** Bounds the values in a line of the log. A stranger's text can be in any of them. */
import { inspect } from "node:util";
import { pino } from "pino";

/** The longest text in a line, in UTF-16 units. */
const MAX_TEXT_LENGTH = 1_024;

/** The longest stack in a line, in UTF-16 units. It includes the stacks of the causes. */
const MAX_STACK_LENGTH = 8_192;

/** Returns the fields of a line with short texts. */
export function shortenTexts(fields: Record<string, unknown>): Record<string, unknown> {
  if (!Object.values(fields).some(isLong)) return fields;
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === "string" ? shorten(value, MAX_TEXT_LENGTH) : value,
    ]),
  );
}

/** Returns an error as the log shows it: its type, its message, its stack, and its other fields, each with a bounded size. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return shorten(describe(error), MAX_TEXT_LENGTH);
  const fields = Object.entries(pino.stdSerializers.err(error));
  return Object.fromEntries(
    fields.map(([name, value]) => [
      name,
      shorten(describe(value), name === "stack" ? MAX_STACK_LENGTH : MAX_TEXT_LENGTH),
    ]),
  );
}

function isLong(value: unknown): boolean {
  return typeof value === "string" && value.length > MAX_TEXT_LENGTH;
}

function describe(value: unknown): string {
  if (typeof value === "string") return value;
  return inspect(value, { breakLength: Infinity, maxArrayLength: 10, maxStringLength: MAX_TEXT_LENGTH });
}

function shorten(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}… (${text.length} characters)`;
}
