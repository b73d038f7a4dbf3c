/**
 * Compile-time checks that a contract carries JSON only. A check is `unknown` for
 * a valid schema, and otherwise a sentence that names the value.
 */
import type { InferInput, InferOutput, StandardSchema } from "../standard-schema.ts";

/** The next smaller depth. The checks end at depth 0, so that they end for recursive types as well. */
type Deeper = [never, 0, 1, 2, 3, 4, 5];

type Primitive = string | number | boolean | null | undefined;

type Bytes = ArrayBuffer | ArrayBufferView;

/** The sentence for a value that JSON drops or changes; `never` for other values. */
type JsonFault<Value, Path extends string, Depth extends number = 6> = [Depth] extends [never]
  ? never
  : unknown extends Value
    ? never
    : Value extends Primitive
      ? never
      : Value extends bigint
        ? `JSON has no bigint: ${Path}`
        : Value extends symbol
          ? `JSON drops a symbol: ${Path}`
          : Value extends (...args: never) => unknown
            ? `JSON drops a function: ${Path}`
            : Value extends Date
              ? `JSON changes a Date to text: ${Path}`
              : Value extends ReadonlyMap<unknown, unknown>
                ? `JSON empties a Map: ${Path}`
                : Value extends ReadonlySet<unknown>
                  ? `JSON empties a Set: ${Path}`
                  : Value extends Bytes
                    ? `JSON changes bytes to an object: ${Path}`
                    : Value extends readonly (infer Item)[]
                      ? JsonFault<Item, `${Path}[]`, Deeper[Depth]>
                      : {
                          [K in keyof Value & string]: JsonFault<Value[K], `${Path}.${K}`, Deeper[Depth]>;
                        }[keyof Value & string];

/** The sentence of a fault; `unknown` without a fault. */
type ValidUnless<Fault> = [Fault] extends [never] ? unknown : Fault;

/** The fault of one kind's schema. */
type KindFault<Schema, Kind extends string, Reserved extends string> =
  Extract<keyof InferInput<Schema>, Reserved> extends never
    ? JsonFault<InferInput<Schema>, Kind>
    : `the field "${Extract<keyof InferInput<Schema>, Reserved> & string}" is reserved: ${Kind}`;

type Kinds = Readonly<Record<string, unknown>>;

/** The check of one side of a contract: one schema for all messages, or one schema per kind. */
export type JsonSide<Side, Reserved extends string> = Side extends StandardSchema
  ? ValidUnless<JsonFault<InferInput<Side>, "message">>
  : Side extends Kinds
    ? {
        readonly [K in keyof Side & string]: K extends "reply" | "error"
          ? `the kind "${K}" is reserved`
          : ValidUnless<KindFault<Side[K], K, Reserved>>;
      }
    : unknown;

/**
 * The check of a table of events. Each receiving process validates an event again, so a schema has to accept its
 * output.
 */
export type JsonEvents<Events> = {
  readonly [K in keyof Events & string]: InferOutput<Events[K]> extends InferInput<Events[K]>
    ? ValidUnless<KindFault<Events[K], K, "type">>
    : ValidUnless<JsonFault<InferOutput<Events[K]>, K>> extends string
      ? ValidUnless<JsonFault<InferOutput<Events[K]>, K>>
      : `the schema does not accept its own output, because a transform changes it: ${K}`;
};
