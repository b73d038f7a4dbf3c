/**
 * Compile-time checks that a contract carries JSON only: each gives `unknown`
 * for a fine schema, and a sentence that names the value for any other.
 */
import type { InferInput, InferOutput, StandardSchema } from "../standard-schema.ts";

/** Nesting below this depth is not checked, so that recursive types end. */
type Deeper = [never, 0, 1, 2, 3, 4, 5];

type Primitive = string | number | boolean | null | undefined;

type Bytes = ArrayBuffer | ArrayBufferView;

/** The sentence for a value that JSON drops or changes; never when JSON keeps it. */
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

/** `unknown`, or the sentence. */
type FineUnless<Fault> = [Fault] extends [never] ? unknown : Fault;

/** The fault of one kind's schema. */
type KindFault<Schema, Kind extends string, Reserved extends string> =
  Extract<keyof InferInput<Schema>, Reserved> extends never
    ? JsonFault<InferInput<Schema>, Kind>
    : `the field "${Extract<keyof InferInput<Schema>, Reserved> & string}" is reserved: ${Kind}`;

type Kinds = Readonly<Record<string, unknown>>;

/** Checks the messages of one side: one schema for all, or one per kind. */
export type JsonSide<Side, Reserved extends string> = Side extends StandardSchema
  ? FineUnless<JsonFault<InferInput<Side>, "message">>
  : Side extends Kinds
    ? {
        readonly [K in keyof Side & string]: K extends "reply" | "error"
          ? `the kind "${K}" is reserved`
          : FineUnless<KindFault<Side[K], K, Reserved>>;
      }
    : unknown;

/** Checks events. Every process validates an event again, so a schema has to accept its own output. */
export type JsonEvents<Events> = {
  readonly [K in keyof Events & string]: InferOutput<Events[K]> extends InferInput<Events[K]>
    ? FineUnless<KindFault<Events[K], K, "type">>
    : FineUnless<JsonFault<InferOutput<Events[K]>, K>> extends string
      ? FineUnless<JsonFault<InferOutput<Events[K]>, K>>
      : `the schema does not accept its own output, because a transform changes it: ${K}`;
};
