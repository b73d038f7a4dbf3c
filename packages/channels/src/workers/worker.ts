/**
 * Workers receive the messages of named channels and pass them to an application, in this process or another.
 *
 * Delivery is at most once: when the process ends, the messages that its handlers were handling are lost.
 *
 * @see Django Channels, "Worker and Background Tasks" and `runworker`. Differs: the worker takes its channels from the
 * router, receives a message only when a handler is free, and reports and restarts a failed listener.
 */
import { type ConsumerReport, logReport } from "../report.ts";
import { checkRoot } from "../application/check-application.ts";
import { ChannelListener } from "./listener.ts";
import { quote } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import { isolateHook } from "../internal/isolate-hook.ts";
import { checkLimits, MAX_TIMER_MS } from "../internal/check-limits.ts";
import { checkChannelName, PROCESS_SEPARATOR } from "../layers/names.ts";
import { checkOptions } from "../internal/check-options.ts";
import type { ProtocolRouter } from "../routing/protocol-router.ts";

/** Options of a worker. */
export interface WorkerOptions {
  /**
   * The number of handlers that may run at once for one channel, an integer from 1: one number for all channels, or a
   * table by channel, with 1 for the other channels. Above 1, handlers may finish in another order. Default 1.
   */
  readonly concurrency?: number | Readonly<Record<string, number>>;
  /**
   * The longest delay before the first retry of a failed `receive`, from 1 to 2,147,483,647. The delay is random, and its
   * limit doubles with each retry. Default 100.
   */
  readonly initialRetryDelayMs?: number;
  /** The longest delay before any retry, from 1 to 2,147,483,647. Default 5,000. */
  readonly maxRetryDelayMs?: number;
  /**
   * Called for each failure and warning. `source` is the channel; `operation` is the type of the message, or `receive`.
   * The worker logs an error of this function to the console. Default: logs to the console.
   */
  readonly onReport?: (report: ConsumerReport) => void;
}

/** Options of `close`. */
interface WorkerCloseOptions {
  /** How long running handlers may take to finish, from 1 to 2,147,483,647. Default 10,000. */
  readonly timeoutMs?: number;
}

/** A running worker. */
export interface ChannelWorker {
  /** The channels that the worker cannot receive from now, for a health check: all of them when the layer is closed. */
  readonly disconnectedChannels: readonly string[];
  /** Resolves once the worker has stopped and all handlers have finished, because the worker or its layer was closed. */
  readonly closed: Promise<void>;
  /**
   * Stops receiving and waits for the running handlers. Other messages stay in the layer. Further calls wait again.
   * @returns the number of handlers that were still running at the time-out; 0 when all have finished.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range; the worker continues.
   */
  close(options?: WorkerCloseOptions): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a worker. It receives from every channel of `application.channel`, through `application.layer`, until `close`
 * or until the layer closes.
 *
 * The worker reports a failed handler and continues with the next message. It reports a channel that it cannot receive
 * from (`WorkerDisconnectedError`), retries, and reports the recovery (`WorkerRecoveredError`).
 *
 * @example
 * const worker = startWorker(protocolRouter({ layer, channel: channelNameRouter({ thumbnails }) }));
 * process.once("SIGTERM", () => void worker.close());
 *
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the application is not the result of `protocolRouter`, names
 * no channels or one with `!`, or an option is unknown or out of range.
 * @throws {InvalidNameError} CHANNELS_INVALID_NAME when the name of a channel is empty, too long or not well-formed.
 */
export function startWorker(application: ProtocolRouter, options: WorkerOptions = {}): ChannelWorker {
  checkOptions("The worker", options, ["concurrency", "initialRetryDelayMs", "maxRetryDelayMs", "onReport"]);
  const { concurrency = 1, initialRetryDelayMs = 100, maxRetryDelayMs = 5_000, onReport = logReport } = options;
  checkLimits({ initialRetryDelayMs, maxRetryDelayMs }, MAX_TIMER_MS);
  checkRoot(application);
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
    const { promise: deadline, resolve: expire } = Promise.withResolvers<void>();
    const timer = setTimeout(expire, timeoutMs);
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
      "Expected an application with channels, got none. Pass `channel: channelNameRouter({ … })` to `protocolRouter`.",
    );
  }
  for (const name of channels) {
    checkChannelName(name);
    if (!name.includes(PROCESS_SEPARATOR)) continue;
    throw new ConfigurationError(
      `A worker cannot listen to ${quote(name)}: only layers create names with "${PROCESS_SEPARATOR}". Rename the channel.`,
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
        `Expected \`concurrency\` to name channels of the application (${channels.map(quote).join(", ")}), got ${quote(channel)}.`,
      );
    }
    checkLimits({ [`concurrency[${quote(channel)}]`]: limit });
  }
  return (channel) => (Object.hasOwn(concurrency, channel) ? concurrency[channel] : undefined) ?? 1;
}
