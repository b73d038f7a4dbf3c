/** The options of an event stream, with their defaults. */
import { checkLimits, MAX_TIMER_MS } from "../internal/check-limits.ts";
import { checkOptions } from "../internal/check-options.ts";
import type { AllowedOrigins } from "../middleware/origin.ts";

/** Options of an event stream. */
export interface EventStreamOptions {
  /** The pages that may open a stream and send to it. Default `"same-origin"`. Allowed cross-origin pages get CORS headers. */
  readonly allowedOrigins?: AllowedOrigins;
  /** The largest frame of a client; a larger one gets 413. Default 1,048,576. */
  readonly maxPayloadBytes?: number;
  /** The bytes that may wait for a slow client; above it the server closes the connection with 1013. Default 1,048,576. */
  readonly maxBufferedBytes?: number;
  /** The time in which the application has to accept or deny; after it the client gets 503. Default 5,000. */
  readonly handshakeTimeoutMs?: number;
  /**
   * The time between two signs of life, which keep proxies from closing a silent stream. The server cuts a client that
   * receives nothing within two intervals. Default 25,000.
   */
  readonly heartbeatIntervalMs?: number;
  /** The time in which a client has to read the end of a closed stream; after it the server cuts it. Default 5,000. */
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
 * Fills in the defaults.
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
