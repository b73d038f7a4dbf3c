/**
 * A worker takes messages of named channels and has an application handle them:
 * background work, in this process or in one of its own.
 *
 * Delivery is at most once: what a worker has taken is gone when its process is.
 *
 * @see Django Channels, "Worker and Background Tasks" and `runworker`. Differs:
 * it listens to what the router names, takes no more than it has handlers free
 * for, and a channel that it cannot hear is said to be deaf, and heard again.
 */
import type { ConsumerReport } from "../report.ts";
import { ChannelListener } from "./listener.ts";
import { ConfigurationError, quote } from "../errors.ts";
import { isolateHook } from "../internal/isolate-hook.ts";
import { logReport } from "../report.ts";
import { checkLimits, MAX_TIMER_MS } from "../internal/check-limits.ts";
import { checkChannelName, PROCESS_SEPARATOR } from "../layers/names.ts";
import { checkOptions } from "../internal/check-options.ts";
import type { ProtocolRouter } from "../routing/protocol-router.ts";

/** Limits, times and hooks of a worker; an unknown option is refused. What a hook throws is written to the console. */
export interface WorkerOptions {
  /**
   * How many handlers may run at once for one channel, at least 1: for every
   * channel, or for those that are named, and 1 for the others. With 1 messages
   * are handled in their order, one after the other; with more in no order.
   * Default 1.
   */
  readonly concurrency?: number | Readonly<Record<string, number>>;
  /**
   * A channel that cannot be heard is tried again after a random time of at most
   * this, then of at most twice as much, and so on. Default 100.
   */
  readonly initialRetryDelayMs?: number;
  /** No time between two tries is longer than this, also when `initialRetryDelayMs` is. Default 5,000. */
  readonly maxRetryDelayMs?: number;
  /**
   * Told what goes wrong: `consumer` is the channel, `event` the type of the
   * message or `receive`. Default: a line on the console.
   */
  readonly onReport?: (report: ConsumerReport) => void;
}

/** How to end a worker. */
export interface WorkerCloseOptions {
  /** How long the handlers that run may take. Default 10,000. */
  readonly timeoutMs?: number;
}

/** A worker that listens. */
export interface ChannelWorker {
  /** Channels that cannot be heard at the moment, for a health check; all of them when the layer was closed. */
  readonly disconnectedChannels: readonly string[];
  /** Resolves when the worker takes no more and no handler runs: it was closed, or its layer was. */
  readonly closed: Promise<void>;
  /**
   * Takes no more messages and waits for the handlers that run. What was not
   * taken stays in the layer. May be called again.
   * @returns how many handlers still ran when the time was over.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range; it goes on.
   */
  close(options?: WorkerCloseOptions): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Listens to every channel that `application.channel` names, through
 * `application.layer`, until `close`, or until the layer is closed.
 *
 * A handler that fails is reported, and the next message is taken. A channel
 * that cannot be heard is reported at once (`WorkerDisconnectedError`), tried again, and
 * reported when it is heard again (`WorkerRecoveredError`).
 *
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the application names no channels, or one with `!`,
 * or when an option is unknown or out of range.
 * @throws {InvalidNameError} CHANNELS_INVALID_NAME when a channel cannot have the name it has.
 */
export function startWorker(application: ProtocolRouter, options: WorkerOptions = {}): ChannelWorker {
  checkOptions("The worker", options, ["concurrency", "initialRetryDelayMs", "maxRetryDelayMs", "onReport"]);
  const { concurrency = 1, initialRetryDelayMs = 100, maxRetryDelayMs = 5_000, onReport = logReport } = options;
  checkLimits({ initialRetryDelayMs, maxRetryDelayMs }, MAX_TIMER_MS);
  const channels = channelsOf(application);
  const concurrencyOf = resolveConcurrency(concurrency, channels);
  const shared = {
    application: application.channel,
    layer: application.layer,
    initialRetryDelayMs,
    maxRetryDelayMs,
    onReport: isolateHook("onReport", onReport),
  };
  const listeners = channels.map(
    (channel) => new ChannelListener(channel, { ...shared, concurrency: concurrencyOf(channel) }),
  );
  const closed = Promise.all(listeners.map((listener) => listener.closed)).then(() => undefined);

  const close = async (closeOptions: WorkerCloseOptions = {}): Promise<number> => {
    checkOptions("worker.close", closeOptions, ["timeoutMs"]);
    const { timeoutMs = 10_000 } = closeOptions;
    checkLimits({ timeoutMs }, MAX_TIMER_MS);
    for (const listener of listeners) listener.stop();
    const { promise: deadline, resolve: pass } = Promise.withResolvers<void>();
    const timer = setTimeout(pass, timeoutMs);
    await Promise.race([closed, deadline]);
    clearTimeout(timer);
    return listeners.reduce((sum, { running }) => sum + running, 0);
  };
  return {
    get disconnectedChannels(): readonly string[] {
      return listeners.filter(({ isDisconnected }) => isDisconnected).map(({ channel }) => channel);
    },
    closed,
    close,
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}

function channelsOf({ channel }: ProtocolRouter): readonly string[] {
  const { channels = [] } = channel;
  if (channels.length === 0) {
    throw new ConfigurationError(
      "The application names no channels to listen to. Give `protocolRouter` a `channel: channelNameRouter({ … })`.",
    );
  }
  for (const name of channels) {
    checkChannelName(name);
    if (!name.includes(PROCESS_SEPARATOR)) continue;
    throw new ConfigurationError(
      `A worker cannot listen to ${quote(name)}: names with "${PROCESS_SEPARATOR}" are those that layers make.`,
    );
  }
  return channels;
}

function resolveConcurrency(
  concurrency: number | Readonly<Record<string, number>>,
  channels: readonly string[],
): (channel: string) => number {
  if (typeof concurrency !== "object" || concurrency === null) {
    checkLimits({ concurrency });
    return () => concurrency;
  }
  for (const [channel, limit] of Object.entries(concurrency)) {
    if (!channels.includes(channel)) {
      throw new ConfigurationError(
        `\`concurrency\` names ${quote(channel)}, which the application does not: ${channels.map(quote).join(", ")}.`,
      );
    }
    checkLimits({ [`concurrency[${quote(channel)}]`]: limit });
  }
  return (channel) => (Object.hasOwn(concurrency, channel) ? concurrency[channel] : undefined) ?? 1;
}
