/**
 * One contract for all sides of a connection: the messages that clients send,
 * the messages that the server sends, and the events that travel between
 * consumers. Its schemas validate at run time and type at compile time.
 */
import type { InferInput, InferOutput, StandardSchema } from "../standard-schema.ts";
import type { DeepReadonly, OneKind } from "./event.ts";

/** One schema of fields per kind. The kind travels as the field `type`. */
export type MessageTable = Readonly<Record<string, StandardSchema<unknown, object>>>;

/** The messages of one side: one schema for all of them, or one schema per kind. */
export type MessageSide = StandardSchema | MessageTable;

/** The name of a group of the contract `Name`; text at run time. */
export type Group<Name extends string = string> = string & { readonly "~group": Name };

/** The functions that name the groups of a contract. */
type GroupTable<Name extends string = string> = Readonly<Record<string, (...args: never) => Group<Name>>>;

/** The part of a contract that clients have no part in. It is all that a worker and a publisher need. */
export interface EventContract<
  Name extends string = string,
  Events extends MessageTable = MessageTable,
  Groups = GroupTable<Name>,
> {
  readonly name: Name;
  /** The fields of each event, by its type. Such a schema validates synchronously and accepts its own output. */
  readonly events: Events;
  readonly groups: Groups;
}

/** A contract with clients. `defineContract` makes one. */
export interface Contract<
  Name extends string = string,
  Path extends string = string,
  Client extends MessageSide = MessageSide,
  Server extends MessageSide = MessageSide,
  Events extends MessageTable = MessageTable,
  Groups = GroupTable<Name>,
> extends EventContract<Name, Events, Groups> {
  readonly path: Path;
  /** The messages that a client sends. */
  readonly client: Client;
  /** The messages that the server sends. The client validates them; the compiler checks the server's code. */
  readonly server: Server;
}

/** The messages of one side as the sender writes them. */
export type SentMessages<Side> =
  Side extends StandardSchema<infer Input, unknown>
    ? DeepReadonly<Input>
    : { [K in keyof Side & string]: OneKind<K, InferInput<Side[K]>> }[keyof Side & string];

/** The events of a contract as they travel. */
export type ContractEvent<
  C extends EventContract,
  Type extends keyof C["events"] & string = keyof C["events"] & string,
> = {
  [K in Type]: OneKind<K, InferOutput<C["events"][K]>>;
}[Type];

/** Returns whether a side has one schema for all its messages. */
export function isSchema(side: unknown): side is StandardSchema {
  return typeof (side as Partial<StandardSchema> | null | undefined)?.["~standard"]?.validate === "function";
}
