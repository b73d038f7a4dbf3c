/** A mistake in the arguments of the command, which then exits with 2. Its message is one sentence for the caller. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
