/** What may wait for one connection, declared by its consumer. */
import { checkLimits } from "./limits.ts";
import { checkOptions } from "./options.ts";

/** The static `limits` of a consumer class. */
export interface ConsumerLimits {
  /**
   * Messages of the client that may wait for a slow handler; then the socket is
   * not read, and the peer waits. What the server had read by then still comes,
   * and waits too. Default 16.
   */
  readonly waitingFrames?: number;
  /**
   * Events that may wait for a slow handler; more are dropped, and counted by
   * the layer. Relays do not wait. Default: the capacity of the layer.
   */
  readonly waitingEvents?: number;
}

/** Limits with their defaults; that of events depends on the layer. */
export interface ResolvedConsumerLimits {
  readonly waitingFrames: number;
  readonly waitingEvents: number | undefined;
}

/** @throws {ConfigurationError} CHANNELS_CONFIGURATION when a limit is unknown, or not an integer from 1 up. */
export function resolveLimits(limits: ConsumerLimits): ResolvedConsumerLimits {
  checkOptions("`limits` of a consumer", limits, ["waitingFrames", "waitingEvents"]);
  const { waitingFrames = 16, waitingEvents } = limits;
  checkLimits(waitingEvents === undefined ? { waitingFrames } : { waitingFrames, waitingEvents });
  return { waitingFrames, waitingEvents };
}
