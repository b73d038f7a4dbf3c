/** Layers that accept values which are not JSON. */
import { InvalidMessageError } from "@lobby/channels/layers";
import type { ChannelLayer } from "@lobby/channels";
import type { Fault, Message } from "./fault.ts";

/** Recognizes a value of each kind. */
const ACCEPTED: Readonly<Record<string, (value: unknown) => boolean>> = {
  bytes: (value) => value instanceof Uint8Array,
  "a date": (value) => value instanceof Date,
  "a map": (value) => value instanceof Map,
  "a set": (value) => value instanceof Set,
  "an object of a class": (value) => (value as object | undefined)?.constructor?.name === "Visitor",
  "a bigint": (value) => typeof value === "bigint",
  "a function": (value) => typeof value === "function",
  "a symbol": (value) => typeof value === "symbol",
  NaN: (value) => Number.isNaN(value),
  "an infinity": (value) => value === -Infinity,
  "undefined in a list": (value) => Array.isArray(value) && value[0] === undefined,
  "an object that contains itself": (value) => (value as { inner?: unknown } | undefined)?.inner === value,
};

function valueOf(message: Message): unknown {
  return (message as { readonly value?: unknown } | null)?.value;
}

/** Drops the messages whose value `isDropped` matches, without an error. */
function dropping(
  call: "send" | "groupSend",
  isDropped: (value: unknown) => boolean,
): (layer: ChannelLayer) => Partial<ChannelLayer> {
  return (layer) => ({
    [call]: async (name: string, message: Message) =>
      isDropped(valueOf(message)) ? undefined : layer[call](name, message),
  });
}

function isNested(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 2 : Object.hasOwn(Object(value) as object, "inner");
}

/** The faults of values. */
export const VALUE_FAULTS: readonly Fault[] = (["send", "groupSend"] as const).flatMap((call): readonly Fault[] => [
  ...Object.entries(ACCEPTED).map(([kind, isAccepted]): Fault => ({
    title: `drops a message with ${kind} in ${call}`,
    caughtBy: [`refuses a message with ${kind}`],
    overrides: dropping(call, isAccepted),
  })),
  {
    title: `checks only the fields of a message in ${call}`,
    caughtBy: Object.keys(ACCEPTED).map((kind) => `refuses a message with ${kind}`),
    overrides: dropping(call, isNested),
  },
  {
    title: `turns undefined in a list into null in ${call}`,
    caughtBy: ["refuses a message with undefined in a list"],
    overrides: (layer) => ({
      [call]: async (name: string, message: Message) => {
        const value = valueOf(message);
        const isHollow = Array.isArray(value) && value[0] === undefined;
        await layer[call](name, isHollow ? { ...message, value: [null] } : message);
      },
    }),
  },
  {
    title: `delivers a message with a date and refuses it afterwards in ${call}`,
    caughtBy: ["refuses a message with a date"],
    overrides: (layer) => ({
      [call]: async (name: string, message: Message) => {
        const value = valueOf(message);
        if (!(value instanceof Date)) return layer[call](name, message);
        await layer[call](name, { ...message, value: value.toJSON() });
        throw new InvalidMessageError(message);
      },
    }),
  },
  {
    title: `refuses a property that is undefined in ${call}`,
    caughtBy: ["accepts a property that is undefined"],
    overrides: (layer) => ({
      [call]: async (name: string, message: Message) => {
        if (Object.values(message ?? {}).includes(undefined)) throw new InvalidMessageError(message, "undefined");
        await layer[call](name, message);
      },
    }),
  },
]);
