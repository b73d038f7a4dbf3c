/** Assertions that need no test runner: they throw plain errors. */

/** @throws {Error} when the condition does not hold. */
export function check(condition: boolean, expectation: string): void {
  if (!condition) throw new Error(`Expected ${expectation}.`);
}

/** @throws {Error} unless both have the same JSON. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  check(got === wanted, `${what} to be ${shorten(wanted)}, got ${shorten(got)}`);
}

/** @throws {Error} unless the promise rejects with an error of this code. */
export function rejects(promise: Promise<unknown>, code: string, what: string): Promise<void> {
  return tended(
    promise
      .then(
        () => "nothing was thrown",
        (error: unknown) => String((error as { readonly code?: unknown } | undefined)?.code ?? error),
      )
      .then((outcome) => check(outcome === code, `${what} to be refused with ${code}, got ${outcome}`)),
  );
}

/** Returns the promise, and keeps Node from reporting its rejection when a case ends before it awaits it. */
export function tended<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}

function shorten(text: string | undefined): string {
  return text !== undefined && text.length > 200 ? `${text.slice(0, 200)}…` : String(text);
}
