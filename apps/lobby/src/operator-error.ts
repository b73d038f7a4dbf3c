/**
 * Something that whoever runs Lobby can mend. It is shown as its message alone,
 * one sentence or two with the remedy, and ends the process with exit code 1.
 */
export class OperatorError extends Error {
  /** Permanent and machine-readable: `LOBBY_…`. */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
