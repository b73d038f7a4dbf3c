/**
 * Derives scopes from scopes, and builds them again when the facts they rest on
 * may have changed: a login ended, a user was banned, a role was taken away.
 */
import type { Awaitable } from "../internal/promise.ts";
import { Denial } from "./denial.ts";

/** A way to build a scope from an outer one. One object serves every connection. */
export interface Derivation {
  /** Returns the derived scope, or a `Denial`. */
  derive(outer: object): Awaitable<object>;
  /**
   * Repeats the steps of `derive` that gave the connection its subjects. Returns `derived` itself when they gave the
   * same as before, a new scope when they did not, or a `Denial`. Default: nothing to repeat.
   */
  recheck?(outer: object, derived: object): Awaitable<object>;
}

/** The key under which a derived scope keeps its origin. */
const ORIGIN = Symbol("origin");

interface Origin {
  readonly outer: object;
  readonly derivation: Derivation;
}

/** Derives a scope and stores its origin, so that `rebuildScope` can repeat the derivation. */
export async function deriveScope(outer: object, derivation: Derivation): Promise<object> {
  return withOrigin(await derivation.derive(outer), { outer, derivation });
}

/** Returns whether building the scope again could give another one. */
export function isDerived(scope: object): boolean {
  return originOf(scope) !== undefined;
}

/** Builds the whole scope again. Returns a `Denial` when the connection would be denied now. */
export async function rebuildScope(scope: object): Promise<object> {
  const origin = originOf(scope);
  if (origin === undefined) return scope;
  const outer = await rebuildScope(origin.outer);
  return outer instanceof Denial ? outer : deriveScope(outer, origin.derivation);
}

/**
 * Repeats the steps that gave the connection its subjects, and all steps after them when those gave something else.
 * Returns the same scope when nothing has changed, and a `Denial` when the connection would be denied now.
 */
export async function recheckScope(scope: object): Promise<object> {
  const origin = originOf(scope);
  if (origin === undefined) return scope;
  const { derivation } = origin;
  const outer = await recheckScope(origin.outer);
  if (outer instanceof Denial) return outer;
  if (outer !== origin.outer) return deriveScope(outer, derivation);
  const checked = (await derivation.recheck?.(outer, scope)) ?? scope;
  return checked === scope ? scope : withOrigin(checked, origin);
}

function withOrigin(derived: object, origin: Origin): object {
  if (derived instanceof Denial) return derived;
  // Not enumerable: a copy of this scope with other values has another origin.
  return Object.defineProperty(derived, ORIGIN, { value: origin });
}

function originOf(scope: object): Origin | undefined {
  return (scope as { readonly [ORIGIN]?: Origin })[ORIGIN];
}
