import {
  checkLimits,
  checkOptions,
  ConfigurationError,
  describeValue,
  isolateHook,
  MAX_TIMER_MS,
} from "@lobby/channels/layers";
import type { DroppedMessage } from "@lobby/channels";
import { parseAddress, type RedisAddress } from "./address.ts";
import { PREFIX_END } from "./keys.ts";
import { checkTlsOptions, type RedisTlsOptions } from "./tls-options.ts";

/** Options of a Redis layer. Times and sizes are integers from 1; times are at most 2,147,483,647. */
export interface RedisChannelLayerOptions {
  /**
   * The address of Redis: `redis://user:password@host:port/database`, `rediss://` for TLS, or
   * `unix://user:password@/path?db=database`. With Sentinel, `redis+sentinel://user:password@host:port,host:port/name/database`
   * lists the sentinels, the name of the primary, and the user of the primary; `?sentinelUsername=…&sentinelPassword=…` is
   * the user of the sentinels, and `rediss+sentinel://` uses TLS for all. Ports default to 6379, those of sentinels to
   * 26379. Layers on different databases are separate. Default `redis://127.0.0.1:6379`, database 0.
   */
  readonly url?: string;
  /** Certificates and keys for a `url` with TLS. Default: the authorities that Node trusts, and no client certificate. */
  readonly tls?: RedisTlsOptions;
  /**
   * The start of every key and topic: non-empty text without `!`. Layers with different prefixes are separate. Default
   * `channels`.
   */
  readonly prefix?: string;
  /** The number of messages that may wait for one channel. Default 100. */
  readonly capacity?: number;
  /** How long a message may wait for `receive`; then the layer drops it. Default 60,000. */
  readonly expiryMs?: number;
  /** How long a named channel stays in its groups without a `receive`. Default 60,000. */
  readonly leaseMs?: number;
  /** How long a connection attempt or an answer may take; then the connection counts as lost. Default 5,000. */
  readonly timeoutMs?: number;
  /** The largest message as JSON in UTF-8. Default 4,194,304 (4 MiB). */
  readonly maxMessageBytes?: number;
  /**
   * Called for each message that did not reach a receiver, as far as this process knows. The layer logs an error of this
   * function to the console. Default: does nothing.
   */
  readonly onDrop?: (drop: DroppedMessage) => void;
}

/** The options with their defaults. */
export interface ResolvedOptions extends Required<Omit<RedisChannelLayerOptions, "url" | "tls" | "onDrop">> {
  readonly address: RedisAddress;
  /** Undefined for a connection without TLS. */
  readonly tls: RedisTlsOptions | undefined;
  readonly onDrop: ((drop: DroppedMessage) => void) | undefined;
}

const NAMES = ["url", "tls", "prefix", "capacity", "expiryMs", "leaseMs", "timeoutMs", "maxMessageBytes", "onDrop"];

/**
 * Validates the options and adds the defaults.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range.
 */
export function resolveOptions(options: RedisChannelLayerOptions): ResolvedOptions {
  checkOptions("RedisChannelLayer", options, NAMES);
  const { url = "redis://127.0.0.1:6379", prefix = "channels", tls, onDrop } = options;
  const { capacity = 100, expiryMs = 60_000, leaseMs = 60_000, timeoutMs = 5_000 } = options;
  const { maxMessageBytes = 4_194_304 } = options;
  const sizes = { capacity, maxMessageBytes };
  const times = { expiryMs, leaseMs, timeoutMs };
  checkLimits(sizes);
  checkLimits(times, MAX_TIMER_MS);
  if (typeof prefix !== "string" || prefix === "" || prefix.includes(PREFIX_END) || !prefix.isWellFormed()) {
    throw new ConfigurationError(
      `Expected \`prefix\` to be non-empty text without "${PREFIX_END}", got ${describeValue(prefix)}.`,
    );
  }
  const address = parseAddress(url);
  checkTlsOptions(tls, address.isTls);
  return {
    address,
    tls: address.isTls ? (tls ?? {}) : undefined,
    prefix,
    ...sizes,
    ...times,
    onDrop: onDrop === undefined ? undefined : isolateHook("onDrop", onDrop),
  };
}
