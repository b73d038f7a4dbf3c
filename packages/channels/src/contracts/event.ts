/** Types of the values that travel between consumers, and between a consumer and its client. */

/** A type whose properties nothing can set. */
type Immutable = string | number | bigint | boolean | symbol | null | undefined | ((...args: never) => unknown);

/** A value whose every property is read-only, at every depth. */
export type DeepReadonly<Value> = unknown extends Value
  ? Value
  : Value extends Immutable
    ? Value
    : { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> };

/** The same object type without intersections, so that editors show its properties. */
type Flat<T> = { [K in keyof T]: T[K] } & {};

/** Fields together with their kind. A schema without fields may type every field as `never`, even `type`. */
export type OneKind<Kind, Fields> = Flat<
  { readonly type: Kind } & DeepReadonly<Fields extends Record<string, never> ? object : Fields>
>;

/**
 * An event: its fields and its type. It is read-only, because the receivers in one process may share the object.
 */
export type EventMessage<Events, Type extends keyof Events & string = keyof Events & string> = {
  [K in Type]: OneKind<K, Events[K]>;
}[Type];
