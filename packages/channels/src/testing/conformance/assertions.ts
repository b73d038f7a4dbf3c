/** Assertions for any test runner: they throw plain errors. */

/**
 * Asserts a condition.
 * @throws {Error} "Expected <expectation>." when the condition is false.
 */
export function check(condition: boolean, expectation: string): void {
  if (!condition) throw new Error(`Expected ${expectation}.`);
}

/**
 * Asserts that two values have the same JSON.
 * @throws {Error} An error that names `what` and both values, when they differ.
 */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  check(got === wanted, `${what} to be ${shorten(wanted)}, got ${shorten(got)}`);
}

/**
 * Asserts that a promise rejects with an error of this code.
 * @throws {Error} An error that names `what` and the outcome, when the promise does not.
 */
export function rejects(promise: Promise<unknown>, code: string, what: string): Promise<void> {
  return handled(
    promise
      .then(
        () => "no error",
        (error: unknown) => String((error as { readonly code?: unknown } | undefined)?.code ?? error),
      )
      .then((outcome) => check(outcome === code, `${what} to be refused with ${code}, got ${outcome}`)),
  );
}

/** Returns the promise. Prevents an unhandled rejection when a case ends before it awaits the promise. */
export function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}

function shorten(text: string | undefined): string {
  return text !== undefined && text.length > 200 ? `${text.slice(0, 200)}…` : String(text);
}
