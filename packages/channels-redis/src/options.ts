import {
  checkLimits,
  checkOptions,
  ConfigurationError,
  describeValue,
  isolateHook,
  MAX_TIMER_MS,
} from "@lobby/channels/layers";
import type { DroppedMessage } from "@lobby/channels";
import { PREFIX_END } from "./keys.ts";

/** Options of a Redis layer. Times and sizes are integers from 1; times are at most 2,147,483,647. */
export interface RedisChannelLayerOptions {
  /**
   * The address of Redis: `redis://user:password@host:port/database`, or `rediss://` for TLS. Layers on different
   * databases are separate. Default `redis://127.0.0.1:6379`, database 0.
   */
  readonly url?: string;
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
export interface ResolvedOptions extends Required<Omit<RedisChannelLayerOptions, "onDrop">> {
  /** The number of the database in the URL. */
  readonly database: number;
  readonly onDrop: ((drop: DroppedMessage) => void) | undefined;
}

const NAMES = ["url", "prefix", "capacity", "expiryMs", "leaseMs", "timeoutMs", "maxMessageBytes", "onDrop"];

/**
 * Validates the options and adds the defaults.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range.
 */
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
      `Expected \`prefix\` to be non-empty text without "${PREFIX_END}", got ${describeValue(prefix)}.`,
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

/** Returns the number of the database in the URL. The errors do not show a whole URL, which may contain a password. */
function databaseOf(url: string): number {
  const { protocol, pathname = "", search = "", hash = "" } = URL.parse(url) ?? {};
  if (protocol !== "redis:" && protocol !== "rediss:") {
    throw new ConfigurationError(`Expected \`url\` to begin with redis:// or rediss://, got ${beginningOf(url)}.`);
  }
  const [, database] = /^\/?(\d*)$/.exec(pathname) ?? [];
  if (database === undefined) {
    // A "/" in a password ends the host, so that the rest of the password stands in the path.
    const isPassword = `${search}${hash}${pathname}`.includes("@");
    const got = isPassword ? `a path with "@"; write "/" in a password as %2F` : describeValue(pathname);
    throw new ConfigurationError(
      `Expected \`url\` to end with the port or the number of a database, such as redis://127.0.0.1:6379/1, got ${got}.`,
    );
  }
  return Number(database);
}

/** Describes the beginning of a wrong URL, which has no password. */
function beginningOf(url: unknown): string {
  if (typeof url !== "string") return describeValue(url);
  const [scheme] = /^[a-z][a-z\d+.-]*:\/\//i.exec(url) ?? [];
  if (scheme === undefined) return "text without a scheme";
  return /^rediss?:/i.test(scheme) ? "text that is not a URL" : describeValue(scheme);
}
