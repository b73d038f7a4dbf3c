/** What an event stream can be told, and what it does when it is told nothing. */
import { checkLimits, MAX_TIMER_MS } from "../internal/check-limits.ts";
import { checkOptions } from "../internal/check-options.ts";
import type { AllowedOrigins } from "../middleware/origin.ts";

/** Limits and times of an event stream; an unknown option is refused. */
export interface EventStreamOptions {
  /** Which pages may open one and send to it. Default `"same-origin"`. Others are answered as CORS wants it. */
  readonly allowedOrigins?: AllowedOrigins;
  /** The largest frame a client may send; a larger one is answered with 413. Default 1,048,576. */
  readonly maxPayloadBytes?: number;
  /** How much may wait for a client that does not read; past it the connection is closed with 1013. Default 1,048,576. */
  readonly maxBufferedBytes?: number;
  /** How long the application may take to accept or deny, before it is answered with 503. Default 5,000. */
  readonly handshakeTimeoutMs?: number;
  /**
   * Between two signs of life, which keep proxies from taking a silent stream for a dead one; a client to which nothing
   * gets through is cut within two of them. Default 25,000.
   */
  readonly heartbeatIntervalMs?: number;
  /** How long a client may take to read the end of a stream that was closed, before it is cut. Default 5,000. */
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

/** @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range. */
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
