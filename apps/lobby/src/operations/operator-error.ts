/**
 * An error that the operator of the server can fix. The command prints its message alone, without a stack, and exits
 * with code 1.
 */
export class OperatorError extends Error {
  /** A permanent code: `LOBBY_…`. */
  readonly code: string;

  /** @param message The problem and its remedy, in one or two sentences. */
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
