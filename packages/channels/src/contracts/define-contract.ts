/** Makes contracts. */
import { describeValue, quote } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import { checkFunction, checkOptions } from "../internal/check-options.ts";
import type { InferInput, InferOutput, StandardSchema } from "../standard-schema.ts";
import {
  isSchema,
  type Contract,
  type EventContract,
  type Group,
  type MessageSide,
  type MessageTable,
} from "./contract.ts";
import type { JsonEvents, JsonSide } from "./json-types.ts";

/** The functions of a contract that return the last part of a group's name. */
type GroupFunctions = Readonly<Record<string, (...args: never) => string>>;

/** The same functions, each returning a group of the contract. */
type GroupsOf<Name extends string, Functions> = {
  readonly [K in keyof Functions]: Functions[K] extends (...args: infer Args) => string
    ? (...args: Args) => Group<Name>
    : never;
};

/** The same schemas without the types of their library. Editors and declarations then show the messages only. */
type Plain<Side> = Side extends StandardSchema
  ? StandardSchema<InferInput<Side>, InferOutput<Side>>
  : { readonly [K in keyof Side]: StandardSchema<InferInput<Side[K]>, InferOutput<Side[K]>> };

/** The functions that return whole names of groups. A contract that spreads another one keeps its functions. */
const namedGroups = new WeakSet<(...args: never) => string>();

/**
 * Makes a contract from its parts. The name of a group is `<contract>.<group>.<value>`, so groups of two contracts have
 * different names. Spread a contract to give its events and groups a second path or a second wire format:
 * `defineContract({ ...chat, path, client, server })`.
 *
 * A contract carries JSON only. The compiler refuses a schema with values that JSON changes, such as dates. A table
 * reserves the field `type` for the kind. It also reserves the field `id` of client messages and the kinds `reply` and
 * `error`, for replies.
 *
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when a part is unknown, missing or malformed: the name contains a
 * dot, the path does not begin with a slash, a value in a table is not a schema, a kind of message is `reply` or
 * `error`, or a group is not a function.
 *
 * @example
 * export const chat = defineContract({
 *   name: "chat",
 *   path: "/ws/chat/:room/",
 *   client: { say: z.object({ text: z.string().max(500) }) },
 *   server: { said: z.object({ author: z.string(), text: z.string() }) },
 *   events: { said: z.object({ author: z.string(), text: z.string() }) },
 *   groups: { room: (room: string) => room },
 * });
 */
export function defineContract<
  const Name extends string,
  const Path extends `/${string}`,
  Client extends MessageSide,
  Server extends MessageSide,
  Events extends MessageTable,
  Groups extends GroupFunctions,
>(contract: {
  readonly name: Name;
  readonly path: Path;
  readonly client: Client & JsonSide<Client, "type" | "id">;
  readonly server: Server & JsonSide<Server, "type">;
  readonly events: Events & JsonEvents<Events>;
  readonly groups: Groups;
}): Contract<Name, Path, Plain<Client>, Plain<Server>, Plain<Events>, GroupsOf<Name, Groups>>;
export function defineContract(contract: ContractParts): object {
  checkOptions("defineContract", contract, ["name", "path", "client", "server", "events", "groups"]);
  const { path } = contract;
  if (typeof path !== "string" || !path.startsWith("/")) {
    throw new ConfigurationError(
      `Expected \`path\` of a contract to be a path such as \`/ws/chat/:room/\`, got ${describeValue(path)}.`,
    );
  }
  checkContract(contract);
  return withGroups(contract);
}

/**
 * Makes a contract of events only, for workers and for consumers that speak to each other.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when a part is unknown, missing or malformed, as for
 * `defineContract`.
 *
 * @example
 * const work = defineEvents({ name: "work", events: { "mail.send": z.object({ to: z.email(), text: z.string() }) } });
 */
export function defineEvents<
  const Name extends string,
  Events extends MessageTable,
  Groups extends GroupFunctions = Readonly<Record<string, never>>,
>(contract: {
  readonly name: Name;
  readonly events: Events & JsonEvents<Events>;
  readonly groups?: Groups;
}): EventContract<Name, Plain<Events>, GroupsOf<Name, Groups>>;
export function defineEvents(contract: ContractParts): object {
  checkOptions("defineEvents", contract, ["name", "events", "groups"]);
  const { groups = {} } = contract;
  return withGroups({ ...contract, groups });
}

/** A contract before its validation. */
interface ContractParts {
  readonly name: string;
  readonly path?: string;
  readonly groups?: GroupFunctions;
}

function withGroups(contract: ContractParts): object {
  checkEvents(contract);
  const { name, groups } = contract;
  checkName("`name` of a contract", name);
  if (typeof groups !== "object" || groups === null) {
    throw new ConfigurationError(
      `Expected \`groups\` of a contract to be a table of functions, got ${describeValue(groups)}.`,
    );
  }
  const named = Object.entries(groups).map(([group, nameOf]) => {
    checkName("the name of a group", group);
    checkFunction(`groups.${group}`, nameOf);
    return [group, namedGroups.has(nameOf) ? nameOf : prefixed(`${name}.${group}.`, nameOf)];
  });
  return Object.freeze({ ...contract, groups: Object.freeze(Object.fromEntries(named)) });
}

/** Throws for a name with a dot: two groups could have the same whole name. */
function checkName(what: string, name: unknown): void {
  if (typeof name === "string" && name !== "" && !name.includes(".")) return;
  throw new ConfigurationError(`Expected ${what} to be text without ".", got ${describeValue(name)}.`);
}

function prefixed(prefix: string, nameOf: (...args: never) => string): (...args: never) => string {
  const group = (...args: never): string => `${prefix}${nameOf(...args)}`;
  namedGroups.add(group);
  return group;
}

/** The kinds of message that a contract reserves. */
const RESERVED_KINDS = ["reply", "error"];

/**
 * Checks the schemas of a contract with messages.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION as `checkEvents` does, and when the contract has no messages of a
 * side, or a message has a reserved kind.
 */
export function checkContract(contract: unknown): void {
  checkEvents(contract);
  const { client, server } = contract as { readonly client?: unknown; readonly server?: unknown };
  for (const [side, messages] of Object.entries({ client, server })) {
    if (isSchema(messages)) continue;
    checkTable(side, messages);
    const reserved = RESERVED_KINDS.find((kind) => Object.hasOwn(messages, kind));
    if (reserved === undefined) continue;
    throw new ConfigurationError(
      `Expected the kinds in \`${side}\` of a contract to be other than ${RESERVED_KINDS.map(quote).join(" and ")}, ` +
        `which are reserved, got ${quote(reserved)}. Rename it.`,
    );
  }
}

/**
 * Checks the schemas of the events of a contract.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the contract is not an object, has no table of events, or a
 * value in the table is not a schema.
 */
export function checkEvents(contract: unknown): void {
  if (typeof contract !== "object" || contract === null) {
    throw new ConfigurationError(
      `Expected \`contract\` to be the result of \`defineContract\` or \`defineEvents\`, got ${describeValue(contract)}.`,
    );
  }
  checkTable("events", (contract as { readonly events?: unknown }).events);
}

function checkTable(name: string, table: unknown): asserts table is object {
  if (typeof table !== "object" || table === null) {
    throw new ConfigurationError(
      `Expected \`${name}\` of a contract to be a table of schemas, got ${describeValue(table)}.`,
    );
  }
  for (const [kind, schema] of Object.entries(table)) {
    if (isSchema(schema)) continue;
    throw new ConfigurationError(`Expected a schema for ${quote(kind)} of a contract, got ${describeValue(schema)}.`);
  }
}
