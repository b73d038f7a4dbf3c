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
export async function rejects(promise: Promise<unknown>, code: string, what: string): Promise<void> {
  const outcome = await promise.then(
    () => "nothing was thrown",
    (error: unknown) => String((error as { readonly code?: unknown }).code ?? error),
  );
  check(outcome === code, `${what} to be refused with ${code}, got ${outcome}`);
}

function shorten(text: string | undefined): string {
  return text !== undefined && text.length > 200 ? `${text.slice(0, 200)}…` : String(text);
}
