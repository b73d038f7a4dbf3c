/** Runs the steps of a middleware stack, and repeats those that name the connection's subjects. */
import { Denial } from "../application/denial.ts";
import type { Derivation } from "../application/rebuild-scope.ts";
import type { Awaitable } from "../internal/promise.ts";
import { isSameValue } from "../internal/same-value.ts";

/** One middleware, as the stack runs it. */
export type Step = (scope: object) => Awaitable<object>;

/** The key under which a scope keeps the values that each step added. */
const ADDITIONS = Symbol("additions");

/** The derivation of a middleware stack. */
export class StackDerivation implements Derivation {
  readonly #steps: readonly Step[];

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  derive(outer: object): Promise<object> {
    return this.#run(outer, []);
  }

  async recheck(outer: object, derived: object): Promise<object> {
    const previous = (derived as { readonly [ADDITIONS]?: readonly object[] })[ADDITIONS];
    if (previous === undefined) return derived;
    const fresh = await this.#run(outer, previous);
    return fresh === outer ? derived : fresh;
  }

  /**
   * Runs the steps in order.
   * @param previous The values that each step added before. A step is repeated when it gave subjects, and from the
   * first step on whose values differ.
   * @returns `outer` when every repeated step gave the same as before.
   */
  async #run(outer: object, previous: readonly object[]): Promise<object> {
    const scope = { ...outer };
    const additions: object[] = [];
    let isChanged = previous.length === 0;
    for (const [index, step] of this.#steps.entries()) {
      const before = previous[index];
      const added = isChanged || before === undefined || givesSubjects(before) ? await step(scope) : before;
      if (added instanceof Denial) return added;
      isChanged ||= before === undefined || !isSameValue(added, before);
      // Kept when nothing changed, so that later steps see the very values that they saw before.
      const kept = isChanged || before === undefined ? added : before;
      additions.push(kept);
      Object.assign(scope, kept);
    }
    if (!isChanged && previous.length > 0) return outer;
    if (additions.some(givesSubjects)) Object.defineProperty(scope, ADDITIONS, { value: additions });
    return scope;
  }
}

function givesSubjects(added: object): boolean {
  return Object.hasOwn(added, "subjects");
}
