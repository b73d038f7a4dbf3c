/** What a Redis layer can be told, and what it does when it is told nothing. */
import { ConfigurationError, type DroppedMessage } from "@lobby/channels";
import { checkLimits, checkOptions, isolateHook, MAX_TIMER_MS, describeValue } from "@lobby/channels/layers";
import { PREFIX_END } from "./keys.ts";

/** An unknown option is refused. What a hook throws is written to the console. */
export interface RedisChannelLayerOptions {
  /**
   * `redis://user:password@host:port/database`, or `rediss://` for TLS. Default `redis://127.0.0.1:6379`.
   * Layers on different databases do not see each other.
   */
  readonly url?: string;
  /**
   * What every key and topic begins with; layers with different ones do not see each other. Any text without `!`.
   * Default `channels`.
   */
  readonly prefix?: string;
  /** Messages that may wait for one channel, at least 1. Default 100. */
  readonly capacity?: number;
  /** How long a message waits for `receive`, in milliseconds. Default 60,000. */
  readonly expiryMs?: number;
  /** How long a named channel stays in its groups when nobody receives from it, in milliseconds. Default 60,000. */
  readonly leaseMs?: number;
  /** How long connecting, or an answer, may take before the connection counts as lost. Default 5,000. */
  readonly timeoutMs?: number;
  /** The largest message, as JSON in UTF-8. Default 4,194,304 (4 MiB). */
  readonly maxMessageBytes?: number;
  /** Told of each message that did not reach a receiver, as far as this process knows. */
  readonly onDrop?: (drop: DroppedMessage) => void;
}

/** Every option with its value. */
export interface ResolvedOptions extends Required<Omit<RedisChannelLayerOptions, "onDrop">> {
  /** The number of the database in the URL. */
  readonly database: number;
  readonly onDrop: ((drop: DroppedMessage) => void) | undefined;
}

const NAMES = ["url", "prefix", "capacity", "expiryMs", "leaseMs", "timeoutMs", "maxMessageBytes", "onDrop"];

/** @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range. */
export function resolveOptions(options: RedisChannelLayerOptions): ResolvedOptions {
  checkOptions("RedisChannelLayer", options, NAMES);
  const { url = "redis://127.0.0.1:6379", prefix = "channels", onDrop } = options;
  const { capacity = 100, expiryMs = 60_000, leaseMs = 60_000, timeoutMs = 5_000 } = options;
  const { maxMessageBytes = 4_194_304 } = options;
  const sizes = { capacity, maxMessageBytes };
  const times = { expiryMs, leaseMs, timeoutMs };
  checkLimits(sizes);
  checkLimits(times, MAX_TIMER_MS);
  if (typeof prefix !== "string" || prefix === "" || prefix.includes(PREFIX_END) || !prefix.isWellFormed()) {
    throw new ConfigurationError(
      `Expected \`prefix\` to be text without ${PREFIX_END}, at least one character, got ${describeValue(prefix)}.`,
    );
  }
  return {
    url,
    database: databaseOf(url),
    prefix,
    ...sizes,
    ...times,
    onDrop: onDrop === undefined ? undefined : isolateHook("onDrop", onDrop),
  };
}

/** What the URL holds is not shown: it may be a password. */
function databaseOf(url: string): number {
  const { protocol, pathname } = URL.parse(url) ?? {};
  if (protocol !== "redis:" && protocol !== "rediss:") {
    throw new ConfigurationError("Expected `url` to be an address that begins with redis:// or rediss://.");
  }
  const [, database] = /^\/?(\d*)$/.exec(pathname ?? "") ?? [];
  if (database === undefined) {
    throw new ConfigurationError("Expected `url` to end with the number of a database, or with the port.");
  }
  return Number(database);
}
