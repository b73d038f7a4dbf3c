/**
 * The types of contracts. A contract has the schemas of the messages that clients
 * send, of the messages that the server sends, and of the events between
 * consumers. It types them at compile time and validates them at run time.
 */
import type { InferInput, InferOutput, StandardSchema } from "../standard-schema.ts";
import type { DeepReadonly, OneKind } from "./event.ts";

/** One schema of fields per kind. The kind travels as the field `type`. */
export type MessageTable = Readonly<Record<string, StandardSchema<unknown, object>>>;

/** The messages of one side: one schema for all of them, or one schema per kind. */
export type MessageSide = StandardSchema | MessageTable;

/** The name of a group of the contract `Name`. At run time it is text. */
export type Group<Name extends string = string> = string & { readonly "~group": Name };

/** The functions that name the groups of a contract. */
type GroupTable<Name extends string = string> = Readonly<Record<string, (...args: never) => Group<Name>>>;

/** A contract of events and groups, without clients. Workers and publishers need no other part. */
export interface EventContract<
  Name extends string = string,
  Events extends MessageTable = MessageTable,
  Groups = GroupTable<Name>,
> {
  /** The name of the contract. The names of its groups begin with it. */
  readonly name: Name;
  /** The schema of the fields of each event, by type. It validates synchronously and accepts its own output. */
  readonly events: Events;
  /** The functions that name the groups, such as `chat.groups.room("lobby")`. */
  readonly groups: Groups;
}

/** A contract of messages, events and groups. `defineContract` makes it. */
export interface Contract<
  Name extends string = string,
  Path extends string = string,
  Client extends MessageSide = MessageSide,
  Server extends MessageSide = MessageSide,
  Events extends MessageTable = MessageTable,
  Groups = GroupTable<Name>,
> extends EventContract<Name, Events, Groups> {
  /** The path of the consumer's route, such as `/ws/chat/:room/`. */
  readonly path: Path;
  /** The messages that a client sends. The consumer validates them. */
  readonly client: Client;
  /** The messages that the server sends. The compiler checks them on the server, and the client validates them. */
  readonly server: Server;
}

/** A message of one side before validation, as its sender writes it: `SentMessages<typeof chat.client>`. */
export type SentMessages<Side> =
  Side extends StandardSchema<infer Input, unknown>
    ? DeepReadonly<Input>
    : { [K in keyof Side & string]: OneKind<K, InferInput<Side[K]>> }[keyof Side & string];

/** An event of a contract: the output of its schema, with its type. */
export type ContractEvent<
  C extends EventContract,
  Type extends keyof C["events"] & string = keyof C["events"] & string,
> = {
  [K in Type]: OneKind<K, InferOutput<C["events"][K]>>;
}[Type];

/** Returns whether a value is a schema. A side is one when a single schema serves all its messages. */
export function isSchema(side: unknown): side is StandardSchema {
  return typeof (side as Partial<StandardSchema> | null | undefined)?.["~standard"]?.validate === "function";
}
