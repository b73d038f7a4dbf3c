/** The options of event streams, with their defaults. */
import { checkLimits, MAX_TIMER_MS } from "../internal/check-limits.ts";
import { checkOptions } from "../internal/check-options.ts";
import type { AllowedOrigins } from "../middleware/origin.ts";

/** Options of an event stream. Sizes and times are integers from 1; times are at most 2,147,483,647. */
export interface EventStreamOptions {
  /** The pages that may use the stream. Allowed pages of other origins get CORS headers. Default `"same-origin"`. */
  readonly allowedOrigins?: AllowedOrigins;
  /** The largest frame of a client; a larger one gets 413. Default 1,048,576. */
  readonly maxPayloadBytes?: number;
  /**
   * The bytes that may wait for a slow client; above it the server closes the connection with 1013. What an application
   * sends in one turn of the event loop to a client that keeps up may exceed it eightfold, and the client has 5 seconds to
   * take it. Default 1,048,576.
   */
  readonly maxBufferedBytes?: number;
  /** How long the application may take to accept or deny; then the client gets 503. Default 5,000. */
  readonly handshakeTimeoutMs?: number;
  /**
   * The time between two heartbeats, which keep proxies from closing a silent stream. The server cuts a client that
   * receives none of its waiting bytes within two intervals. Default 25,000.
   */
  readonly heartbeatIntervalMs?: number;
  /** How long a client may take to read the end of a closed stream; then the server cuts it. Default 5,000. */
  readonly closeTimeoutMs?: number;
}

const NAMES = [
  "allowedOrigins",
  "maxPayloadBytes",
  "maxBufferedBytes",
  "handshakeTimeoutMs",
  "heartbeatIntervalMs",
  "closeTimeoutMs",
];

/**
 * Validates the options and adds the defaults.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range.
 */
export function resolveEventStreamOptions(options: EventStreamOptions): Required<EventStreamOptions> {
  checkOptions("eventStream", options, NAMES);
  const {
    allowedOrigins = "same-origin",
    maxPayloadBytes = 1_048_576,
    maxBufferedBytes = 1_048_576,
    handshakeTimeoutMs = 5_000,
    heartbeatIntervalMs = 25_000,
    closeTimeoutMs = 5_000,
  } = options;
  const sizes = { maxPayloadBytes, maxBufferedBytes };
  const times = { handshakeTimeoutMs, heartbeatIntervalMs, closeTimeoutMs };
  checkLimits(sizes);
  checkLimits(times, MAX_TIMER_MS);
  return { allowedOrigins, ...sizes, ...times };
}
