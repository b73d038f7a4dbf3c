/** Types of the values that travel between consumers, and between a consumer and its client. */

type Immutable = string | number | bigint | boolean | symbol | null | undefined | ((...args: never) => unknown);

/** A value whose every property is read-only, at every depth. */
export type DeepReadonly<Value> = unknown extends Value
  ? Value
  : Value extends Immutable
    ? Value
    : { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> };

/** The same object type in one piece, as editors should show it. */
type Flat<T> = { [K in keyof T]: T[K] } & {};

/** Fields together with their kind. A schema without fields may say that every field is impossible, `type` as well. */
export type OneKind<Kind, Fields> = Flat<
  { readonly type: Kind } & DeepReadonly<Fields extends Record<string, never> ? object : Fields>
>;

/**
 * An event as it travels: its fields and its type. Read-only, because the receivers of one process may share the
 * object.
 */
export type EventMessage<Events, Type extends keyof Events & string = keyof Events & string> = {
  [K in Type]: OneKind<K, Events[K]>;
}[Type];
