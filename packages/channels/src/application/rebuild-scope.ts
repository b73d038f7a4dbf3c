/**
 * Derives scopes from outer scopes. Builds them again when their facts may have
 * changed: after a logout, a ban or a change of roles.
 */
import type { Awaitable } from "../internal/promise.ts";
import { Denial } from "./denial.ts";

/** A step that derives a scope from an outer one. One object serves every connection. */
export interface Derivation {
  /** Returns the derived scope, or a `Denial`. */
  derive(outer: object): Awaitable<object>;
  /**
   * Repeats the part of `derive` that gave the connection its subjects. Returns `derived` when the result is the same
   * as before, otherwise a new scope or a `Denial`. A derivation without subjects has no such method.
   */
  recheck?(outer: object, derived: object): Awaitable<object>;
}

/** The key under which a derived scope keeps its origin. */
const ORIGIN = Symbol("origin");

/** The outer scope of a derived one, and the step between them. */
interface Origin {
  readonly outer: object;
  readonly derivation: Derivation;
}

/** Derives a scope and stores its origin, so that `rebuildScope` can repeat the derivation. */
export async function deriveScope(outer: object, derivation: Derivation): Promise<object> {
  return withOrigin(await derivation.derive(outer), { outer, derivation });
}

/** Returns whether `rebuildScope` can return another scope than this one. */
export function isDerived(scope: object): boolean {
  return originOf(scope) !== undefined;
}

/** Derives a scope again from its outermost scope. Returns a `Denial` when the middleware now denies the connection. */
export async function rebuildScope(scope: object): Promise<object> {
  const origin = originOf(scope);
  if (origin === undefined) return scope;
  const outer = await rebuildScope(origin.outer);
  return outer instanceof Denial ? outer : deriveScope(outer, origin.derivation);
}

/**
 * Repeats the steps that gave the connection its subjects. When one of them has another result, repeats all steps after
 * it as well. Returns the same scope when no result has changed, and a `Denial` when the middleware now denies the
 * connection.
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
