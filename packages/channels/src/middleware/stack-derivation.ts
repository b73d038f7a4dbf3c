/** Runs the steps of a middleware stack, and repeats the steps that give a connection its subjects. */
import { Denial } from "../application/denial.ts";
import type { Derivation } from "../application/rebuild-scope.ts";
import type { Awaitable } from "../internal/promise.ts";
import { isSameValue } from "../internal/same-value.ts";

/** One middleware without its types. */
export type Step = (scope: object) => Awaitable<object>;

/** The key under which a scope keeps the additions of each step. */
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
   * Runs the steps in order. Returns the `Denial` that a step returns or throws.
   * @param previous The additions of each step in the run before. Repeats a step that gave subjects, and all steps
   * after the first one whose additions differ. Empty for the first run, which runs every step.
   * @returns `outer` when every repeated step gave the same additions as before.
   */
  async #run(outer: object, previous: readonly object[]): Promise<object> {
    const scope = { ...outer };
    const additions: object[] = [];
    let isChanged = previous.length === 0;
    for (const [index, step] of this.#steps.entries()) {
      const before = previous[index];
      let added: object;
      try {
        added = isChanged || before === undefined || givesSubjects(before) ? await step(scope) : before;
      } catch (error) {
        if (error instanceof Denial) return error;
        throw error;
      }
      if (added instanceof Denial) return added;
      isChanged ||= before === undefined || !isSameValue(added, before);
      // Later steps see the same objects as before when nothing has changed.
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
