/** What a Redis layer can be told, and what it does when it is told nothing. */
import { ConfigurationError, harmless, type Drop } from "@lobby/channels";
import { checkLimits } from "@lobby/channels/layers";
import type { Gap } from "./connection.ts";

/** An unknown option is refused. What a hook throws is written to the console. */
export interface RedisChannelLayerOptions {
  /**
   * `redis://user:password@host:port/database`, or `rediss://` for TLS. Default `redis://127.0.0.1:6379`.
   */
  readonly url?: string;
  /** What every key and topic begins with; layers with different ones do not see each other. Default `channels`. */
  readonly prefix?: string;
  /** Messages that may wait for one channel, at least 1. Default 100. */
  readonly capacity?: number;
  /** How long a message waits for `receive`, in milliseconds. Default 60,000. */
  readonly expiryMs?: number;
  /** How long a named channel stays in its groups when nobody receives from it, in milliseconds. Default 60,000. */
  readonly leaseMs?: number;
  /** How long connecting, or silence of the server, may last before the connection counts as lost. Default 5,000. */
  readonly timeoutMs?: number;
  /** Told of each message that did not reach a receiver, as far as this process knows. */
  readonly onDrop?: (drop: Drop) => void;
  /** Told when this process could not listen for a while, and messages may have been lost. Counted in `gaps` anyway. */
  readonly onGap?: (gap: Gap) => void;
}

/** Every option with its value. */
export interface ResolvedOptions extends Required<Omit<RedisChannelLayerOptions, "onDrop" | "onGap">> {
  readonly onDrop: ((drop: Drop) => void) | undefined;
  readonly onGap: ((gap: Gap) => void) | undefined;
}

/** @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range. */
export function resolveOptions(options: RedisChannelLayerOptions): ResolvedOptions {
  const { url = "redis://127.0.0.1:6379", prefix = "channels", onDrop, onGap, ...limits } = options;
  const { capacity = 100, expiryMs = 60_000, leaseMs = 60_000, timeoutMs = 5_000, ...unknown } = limits;
  for (const name of Object.keys(unknown)) throw new ConfigurationError(`RedisChannelLayer has no option \`${name}\`.`);
  checkLimits({ capacity, expiryMs, leaseMs, timeoutMs });
  const parsed = URL.parse(url);
  if (parsed === null || !/^rediss?:$/.test(parsed.protocol)) {
    throw new ConfigurationError("Expected `url` to be an address that begins with redis:// or rediss://.");
  }
  if (prefix === "") throw new ConfigurationError("Expected `prefix` to have at least one character.");
  return {
    url,
    prefix,
    capacity,
    expiryMs,
    leaseMs,
    timeoutMs,
    onDrop: onDrop && harmless("onDrop", onDrop),
    onGap: onGap && harmless("onGap", onGap),
  };
}
