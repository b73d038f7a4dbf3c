/** The errors that only workers report. */
import { quote } from "../describe-value.ts";
import { ChannelsError } from "../errors.ts";

/**
 * The report of a message that middleware denied on its way to a handler of a worker. No handler received it. `status`
 * and `reason` are those of the denial.
 */
export class MessageDeniedError extends ChannelsError {
  readonly code = "CHANNELS_MESSAGE_DENIED";
  readonly channel: string;
  /** The type of the message. */
  readonly type: string;
  /** The HTTP status of the denial, 400 to 599. */
  readonly status: number;
  readonly reason: string;
  constructor(channel: string, type: string, status: number, reason: string) {
    super(
      `The middleware of the channel ${quote(channel)} denied a message ${quote(type)} with ${status}: ${reason} ` +
        "Send a message that the middleware accepts, or mount the channel without it.",
    );
    this.channel = channel;
    this.type = type;
    this.status = status;
    this.reason = reason;
  }
}

/**
 * The warning of a worker that cannot receive from a channel, because its layer is unavailable. The worker retries, and
 * reports `CHANNELS_WORKER_RECOVERED` when it succeeds. `cause` is the error of the layer. The worker still receives
 * from its other channels.
 */
export class WorkerDisconnectedError extends ChannelsError {
  readonly code = "CHANNELS_WORKER_DISCONNECTED";
  readonly channel: string;
  /** The start of the disconnection, in milliseconds since 1970. */
  readonly sinceMs: number;
  constructor(channel: string, sinceMs: number, cause: unknown) {
    super(`The worker cannot receive from the channel ${quote(channel)}; it retries and reports the recovery.`, {
      cause,
    });
    this.channel = channel;
    this.sinceMs = sinceMs;
  }
}

/**
 * The warning of a worker that receives from a channel again after `CHANNELS_WORKER_DISCONNECTED`. The layer may have
 * dropped messages meanwhile. Send work again that must not be lost.
 */
export class WorkerRecoveredError extends ChannelsError {
  readonly code = "CHANNELS_WORKER_RECOVERED";
  readonly channel: string;
  /** The time in which the worker could not receive, in milliseconds. */
  readonly durationMs: number;
  constructor(channel: string, durationMs: number) {
    super(
      `The worker receives from the channel ${quote(channel)} again, after ${durationMs} ms. ` +
        "Senders may have got errors meanwhile, and messages may have expired.",
    );
    this.channel = channel;
    this.durationMs = durationMs;
  }
}
