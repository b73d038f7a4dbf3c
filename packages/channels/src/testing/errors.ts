/** The errors that only the tools for tests throw. */
import { ChannelsError } from "../errors.ts";

/**
 * The error for a call that a `FaultyLayer` refused in a test, as the Redis layer refuses calls during an outage. The
 * layer sent nothing. In production code, catch errors with `isRetryable`, because every layer over a network has them.
 */
export class LayerUnavailableError extends ChannelsError {
  readonly code = "CHANNELS_LAYER_UNAVAILABLE";
  override readonly isRetryable = true;
  /** @param attempt The refused call as an infinitive, such as `send to the channel "mail"`. */
  constructor(attempt: string) {
    super(
      `The layer of this test refuses to ${attempt}: it has an outage, or \`refuse\` is set. ` +
        "Catch retryable errors where the application can continue.",
    );
  }
}

/**
 * The error for an output that a test communicator did not receive within its `timeoutMs`. The application is still
 * running, so the test may wait again or raise the time-out. The message lists the reports of the application, which
 * usually name the cause.
 */
export class CommunicatorTimeoutError extends ChannelsError {
  readonly code = "CHANNELS_COMMUNICATOR_TIMEOUT";
  constructor(awaited: string, timeoutMs: number, seen: string) {
    super(`Waited ${timeoutMs} ms for ${awaited}; ${seen}.`);
  }
}

/**
 * The error for an output other than the one that a test awaits from its communicator: a close instead of a frame, a
 * frame instead of none, or a message of another kind. A communicator without an open connection throws it as well.
 */
export class CommunicatorMismatchError extends ChannelsError {
  readonly code = "CHANNELS_COMMUNICATOR_MISMATCH";
  constructor(awaited: string, got: string) {
    super(`Expected ${awaited}, got ${got}.`);
  }
}
