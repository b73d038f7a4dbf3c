/** The types of events as they travel between consumers. */

type Immutable = string | number | bigint | boolean | symbol | null | undefined | ((...args: never) => unknown);

/** A value with everything in it read-only, all the way down. */
export type DeepReadonly<Value> = Value extends Immutable
  ? Value
  : { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> };

/**
 * An event of type `Type` as it travels: its fields and its type. Read-only,
 * because all receivers of one process may be handed the same object.
 */
export type EventMessage<Events, Type extends keyof Events & string = keyof Events & string> = {
  [K in Type]: { readonly type: K } & DeepReadonly<Events[K]>;
}[Type];
