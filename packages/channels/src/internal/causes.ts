/** The longest chain of causes. An error may be its own cause. */
const MAX_CAUSES = 10;

/** Yields an error, its cause, the cause of the cause, and so on, up to and with the first value that is no error. */
export function* causesOf(error: unknown): Generator {
  let cause = error;
  for (let count = 0; count < MAX_CAUSES; count += 1) {
    yield cause;
    if (!(cause instanceof Error)) return;
    ({ cause } = cause);
  }
}
