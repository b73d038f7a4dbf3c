/** Runs the steps of a middleware stack, and repeats the steps that returned subjects. */
import { Denial } from "../application/denial.ts";
import type { Derivation } from "../application/rebuild-scope.ts";
import { describeValue } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import type { Awaitable } from "../internal/promise.ts";
import { isSameValue } from "../internal/same-value.ts";

/** A middleware without its types. */
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
   * Runs the steps in order. With `previous`, repeats only the steps that returned subjects, and all steps after the
   * first one whose additions differ.
   * @param previous The additions of each step in the previous run. Empty for the first run, which runs every step.
   * @returns the new scope, the `Denial` of a step, or `outer` when every repeated step returned the same as before.
   */
  async #run(outer: object, previous: readonly object[]): Promise<object> {
    const scope = { ...outer };
    const additions: object[] = [];
    let isChanged = previous.length === 0;
    for (const [index, step] of this.#steps.entries()) {
      const before = previous[index];
      let added: object;
      try {
        added = isChanged || before === undefined || hasSubjects(before) ? await step(scope) : before;
      } catch (error) {
        if (error instanceof Denial) return error;
        throw error;
      }
      if (added instanceof Denial) return added;
      if (before === undefined || added !== before) checkAdditions(index, added);
      isChanged ||= before === undefined || !isSameValue(added, before);
      // While nothing has changed, later steps receive the same objects as before.
      const kept = isChanged || before === undefined ? added : before;
      additions.push(kept);
      Object.assign(scope, kept);
    }
    if (!isChanged && previous.length > 0) return outer;
    if (additions.some(hasSubjects)) Object.defineProperty(scope, ADDITIONS, { value: additions });
    return scope;
  }
}

/** Throws for a result that would add nothing, such as text or a `Response`. */
function checkAdditions(index: number, added: unknown): void {
  const isResponse = added instanceof Response;
  if (typeof added === "object" && added !== null && !Array.isArray(added) && !isResponse) return;
  throw new ConfigurationError(
    `Expected step ${index + 1} of a stack to return an object with its additions or a \`Denial\`, ` +
      `got ${isResponse ? "a Response" : describeValue(added)}. Return \`{}\` to add nothing.`,
  );
}

function hasSubjects(added: object): boolean {
  return Object.hasOwn(added, "subjects");
}
