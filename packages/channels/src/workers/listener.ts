/**
 * Listens to one channel of a worker. It receives a message only when a handler is free, so other messages wait in the
 * layer, within its capacity.
 */
import { Denial } from "../application/denial.ts";
import type { ChannelApplication } from "../application/application.ts";
import type { ConsumerReport } from "../report.ts";
import { backoffDelayMs } from "../internal/backoff.ts";
import { blockedSince, handlerStart } from "../internal/blocking.ts";
import { LayerClosedError, NoHandlerError } from "../errors.ts";
import { MessageDeniedError, WorkerDisconnectedError, WorkerRecoveredError } from "./errors.ts";
import { afterEvents } from "../internal/event-loop.ts";
import { WarnOnce } from "../internal/warn-once.ts";
import type { ChannelLayer, ChannelMessage } from "../layers/layer.ts";

/** The time after which a listener lets the event loop run, even while more messages wait. */
const YIELD_INTERVAL_MS = 10;

/** Options of a listener. */
export interface ListenerOptions {
  readonly application: ChannelApplication;
  readonly layer: ChannelLayer;
  /** The number of handlers that may run at once. */
  readonly concurrency: number;
  readonly initialRetryDelayMs: number;
  readonly maxRetryDelayMs: number;
  readonly onReport: (report: ConsumerReport) => void;
}

/** The listener of one channel. It receives from its construction until `stop`, or until the layer closes. */
export class ChannelListener {
  readonly channel: string;
  /** Resolves once it has stopped and all handlers have finished. */
  readonly closed: Promise<void>;
  readonly #options: ListenerOptions;
  readonly #stopping = new AbortController();
  readonly #unknownTypes = new WarnOnce();
  #running = 0;
  #whenHandlerEnds: PromiseWithResolvers<void> | undefined;
  #lastYieldAtMs = 0;
  #disconnectedSinceMs: number | undefined;
  /** The number of consecutive failures to receive. */
  #failures = 0;

  constructor(channel: string, options: ListenerOptions) {
    this.channel = channel;
    this.#options = options;
    this.closed = this.#listen();
  }

  /** The number of running handlers. */
  get running(): number {
    return this.#running;
  }

  /** Whether the layer cannot receive from the channel now. */
  get isDisconnected(): boolean {
    return this.#disconnectedSinceMs !== undefined;
  }

  /** Stops receiving. Running handlers continue. */
  stop(): void {
    this.#stopping.abort();
  }

  async #listen(): Promise<void> {
    for (let message = await this.#next(); message !== undefined; message = await this.#next()) {
      void this.#handle(message);
      await this.#untilRunning(this.#options.concurrency - 1);
      await this.#yield();
    }
    await this.#untilRunning(0);
  }

  /** Waits for the next message, and retries after failures. Returns undefined after `stop`, or when the layer closes. */
  async #next(): Promise<ChannelMessage | undefined> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const message = await this.#options.layer.receive(this.channel, {
          signal,
          onListening: () => this.#markConnected(),
          onUnavailable: (cause) => this.#markDisconnected(cause),
        });
        this.#markConnected();
        return message;
      } catch (error) {
        if (signal.aborted) break;
        if (error instanceof LayerClosedError) {
          this.#disconnectedSinceMs = Date.now();
          this.#report("error", "receive", error);
          break;
        }
        this.#markDisconnected(error);
        await this.#pause();
      }
    }
    return undefined;
  }

  async #handle(message: ChannelMessage): Promise<void> {
    const { application, layer } = this.#options;
    this.#running += 1;
    try {
      const startedAtMs = handlerStart();
      const handling = application(message, { type: "channel", channel: this.channel, layer });
      this.#warnIfBlocked(message.type, startedAtMs);
      const outcome = await handling;
      if (outcome instanceof Denial) {
        this.#report(
          "warning",
          message.type,
          new MessageDeniedError(this.channel, message.type, outcome.status, outcome.reason),
        );
      }
    } catch (error) {
      this.#reportFailure(message.type, error);
    }
    this.#running -= 1;
    this.#whenHandlerEnds?.resolve();
    this.#whenHandlerEnds = undefined;
  }

  async #untilRunning(limit: number): Promise<void> {
    while (this.#running > limit) {
      this.#whenHandlerEnds ??= Promise.withResolvers();
      await this.#whenHandlerEnds.promise;
    }
  }

  /** Lets the event loop run regularly, because a memory layer delivers waiting messages without a pause. */
  async #yield(): Promise<void> {
    if (performance.now() - this.#lastYieldAtMs < YIELD_INTERVAL_MS) return;
    await new Promise<void>((resolve) => void afterEvents(resolve));
    this.#lastYieldAtMs = performance.now();
  }

  #markConnected(): void {
    this.#failures = 0;
    if (this.#disconnectedSinceMs === undefined) return;
    const durationMs = Date.now() - this.#disconnectedSinceMs;
    this.#disconnectedSinceMs = undefined;
    this.#report("warning", "receive", new WorkerRecoveredError(this.channel, durationMs));
  }

  #markDisconnected(cause: unknown): void {
    if (this.#disconnectedSinceMs !== undefined) return;
    this.#disconnectedSinceMs = Date.now();
    this.#report("warning", "receive", new WorkerDisconnectedError(this.channel, this.#disconnectedSinceMs, cause));
  }

  /** Waits before the next retry. `stop` ends the wait. */
  async #pause(): Promise<void> {
    const { initialRetryDelayMs, maxRetryDelayMs } = this.#options;
    const { signal } = this.#stopping;
    const durationMs = backoffDelayMs(this.#failures, initialRetryDelayMs, maxRetryDelayMs);
    this.#failures += 1;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    const timer = setTimeout(wake, durationMs);
    signal.addEventListener("abort", wake);
    await promise;
    clearTimeout(timer);
    signal.removeEventListener("abort", wake);
  }

  #reportFailure(type: string, error: unknown): void {
    if (!(error instanceof NoHandlerError)) this.#report("error", type, error);
    else if (this.#unknownTypes.isFirst(type)) this.#report("warning", type, error);
  }

  #warnIfBlocked(type: string, startedAtMs: number): void {
    const blocked = blockedSince(startedAtMs, this.channel, type);
    if (blocked !== undefined) this.#report("warning", type, blocked);
  }

  #report(level: ConsumerReport["level"], operation: string, error: unknown): void {
    this.#options.onReport({ level, source: this.channel, operation, error });
  }
}
