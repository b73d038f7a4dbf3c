/** The types that name a missing middleware or parameter in the compiler's message. */
import type { InlineConnection, Known } from "./inside.ts";

declare const MISSING: unique symbol;

/** A need of an application that nothing around it provides. No value has this type. */
interface Missing<Name, Remedy extends string> {
  readonly [MISSING]: [Name, Remedy];
}

/**
 * The type `Complete` when `Given` has every property of `Needs`, otherwise `Missing` with the names and the remedies.
 * A handler has to state its scope: an optional or `unknown` one, such as that of another framework's `fetch`, gives
 * `Missing`.
 */
export type Provided<Needs, Given, Complete = unknown> = undefined extends Needs
  ? Missing<"hono()", "a bare fetch handler does not say which scope it needs: mount hono(app)">
  : Given extends Needs
    ? Complete
    : Lacking<Needs, Given> extends infer Key
      ? "type" extends Key
        ? Missing<"an application of this protocol", "this one serves another protocol">
        : Missing<NameOf<Key, Needs, Given>, RemedyFor<Key, Needs, Given>>
      : never;

/**
 * The check of `Provided` at the path of a route inside a root. Without a root, the check passes: the root repeats it.
 */
export type ProvidedHere<Connection, Needs, K, Adds> =
  Known<K> extends { readonly type: string }
    ? Provided<InlineConnection<K> extends Connection ? Needs : OtherProtocol, Known<K> & Adds>
    : unknown;

/** The needs of an application that takes connections of another kind. */
interface OtherProtocol {
  readonly type: never;
}

/** The remedy for each part of a scope that the package knows. */
interface Remedies {
  readonly cookies: "put cookies() or authStack() around it";
  readonly session: "put sessions() or authStack() around it";
  readonly user: "put users() or authStack() around it";
  readonly subprotocols: "only a WebSocket has it";
  readonly server: "only an HTTP request has it";
  readonly url: OfRequests;
  readonly headers: OfRequests;
  readonly client: OfRequests;
  readonly params: OfRequests;
  readonly reply: OfRequests;
  readonly subjects: OfRequests;
}

type OfRequests = "only HTTP requests and WebSockets have it";

/** The keys of `Needs` that `Given` lacks or has with another type. */
type Lacking<Needs, Given> = {
  [Key in keyof Needs]-?: Key extends keyof Given ? (Given[Key] extends Needs[Key] ? never : Key) : Key;
}[keyof Needs];

/** The parameters of a scope. */
type ParamsIn<Scope> = Scope["params" & keyof Scope];

/** The names of the parameters that `Given` lacks. */
type LackingParams<Needs, Given> = Lacking<ParamsIn<Needs>, ParamsIn<Given>> & string;

/** The name of a missing part, as the message shows it. */
type NameOf<Key, Needs, Given> = Key extends "params"
  ? [LackingParams<Needs, Given>] extends [never]
    ? "scope.params"
    : `:${LackingParams<Needs, Given>}`
  : `scope.${Key & string}`;

/** The remedy for a missing part. */
type RemedyFor<Key, Needs, Given> = Key extends "params"
  ? [LackingParams<Needs, Given>] extends [never]
    ? Remedies["params"]
    : LackingParams<Needs, Given> extends keyof ParamsIn<Given>
      ? "a parameter is text"
      : "no path around it captures this"
  : Key extends keyof Given
    ? "it is there with another type"
    : Key extends keyof Remedies
      ? Remedies[Key]
      : "put middleware that adds it around it";
