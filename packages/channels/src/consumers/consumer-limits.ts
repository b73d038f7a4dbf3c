/** Limits on the work that waits for one connection. */
import { checkLimits } from "../internal/check-limits.ts";
import { checkOptions } from "../internal/check-options.ts";

/** The size of the waiting frames at which a connection stops reading from its client. The last frame may exceed it. */
export const MAX_QUEUED_BYTES = 65_536;

/** The static `limits` of a consumer class. */
export interface ConsumerLimits {
  /**
   * The number of frames that may wait for a slow handler, from 1 up. At the limit, and at 64 KiB, the server stops
   * reading the socket. The frames that it has read already wait as well. Default 16.
   */
  readonly maxQueuedFrames?: number;
  /**
   * The number of events that may wait for a slow handler, from 1 up. The layer drops and counts further ones. Relays
   * never wait. Default: the capacity of the layer.
   */
  readonly maxQueuedEvents?: number;
  /**
   * The size of a JSON frame of a client: its opening brackets and commas outside of strings, from 1 up. A larger frame
   * gets the error `CHANNELS_INVALID_JSON` before it is parsed. Consumers of raw frames ignore it. Default 50,000.
   */
  readonly maxJsonSize?: number;
}

/** Limits with their defaults; the default for events depends on the layer. */
export interface ResolvedConsumerLimits {
  readonly maxQueuedFrames: number;
  readonly maxQueuedEvents: number | undefined;
  readonly maxJsonSize: number;
}

/**
 * Returns limits with their defaults.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when a limit is unknown, or not an integer from 1 up.
 */
export function resolveLimits(limits: ConsumerLimits): ResolvedConsumerLimits {
  checkOptions("`limits` of a consumer", limits, ["maxQueuedFrames", "maxQueuedEvents", "maxJsonSize"]);
  const { maxQueuedFrames = 16, maxQueuedEvents, maxJsonSize = 50_000 } = limits;
  checkLimits({ maxQueuedFrames, maxJsonSize, ...(maxQueuedEvents !== undefined && { maxQueuedEvents }) });
  return { maxQueuedFrames, maxQueuedEvents, maxJsonSize };
}
