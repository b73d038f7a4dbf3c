/**
 * One channel of a worker: takes a message when a handler is free for it, and
 * goes on whatever fails. What no handler is free for waits in the layer, whose
 * capacity bounds it.
 */
import { Denial } from "../application/denial.ts";
import type { ChannelApplication } from "../application/application.ts";
import type { ConsumerReport } from "../report.ts";
import { blockedSince } from "../internal/blocking.ts";
import {
  LayerClosedError,
  MessageDeniedError,
  NoHandlerError,
  WorkerDisconnectedError,
  WorkerRecoveredError,
} from "../errors.ts";
import { afterEvents } from "../internal/event-loop.ts";
import { WarnOnce } from "../internal/warn-once.ts";
import type { ChannelLayer, ChannelMessage } from "../layers/layer.ts";

/** After so long a flood of messages gives way to everything else in this process. */
const LONGEST_TURN_MS = 10;

/** What a listener is told. */
export interface ListenerOptions {
  readonly application: ChannelApplication;
  readonly layer: ChannelLayer;
  /** Handlers that may run at once. */
  readonly concurrency: number;
  readonly initialRetryDelayMs: number;
  readonly maxRetryDelayMs: number;
  readonly onReport: (report: ConsumerReport) => void;
}

/** See the head of this file. It listens from when it is made. */
export class ChannelListener {
  readonly channel: string;
  /** Resolves when it takes no more and no handler runs. */
  readonly closed: Promise<void>;
  readonly #options: ListenerOptions;
  readonly #stopping = new AbortController();
  readonly #unknownTypes = new WarnOnce();
  #running = 0;
  #whenOneEnds: PromiseWithResolvers<void> | undefined;
  #turnBeganAtMs = 0;
  #disconnectedSinceMs: number | undefined;
  /** How often in a row it failed to listen. */
  #failures = 0;

  constructor(channel: string, options: ListenerOptions) {
    this.channel = channel;
    this.#options = options;
    this.closed = this.#listen();
  }

  /** How many handlers run. */
  get running(): number {
    return this.#running;
  }

  /** Whether messages may be sent of which it knows nothing. */
  get isDisconnected(): boolean {
    return this.#disconnectedSinceMs !== undefined;
  }

  /** Takes no more; what it has taken is handled. */
  stop(): void {
    this.#stopping.abort();
  }

  async #listen(): Promise<void> {
    for (let message = await this.#next(); message !== undefined; message = await this.#next()) {
      void this.#handle(message);
      await this.#untilRunning(this.#options.concurrency - 1);
      await this.#giveWay();
    }
    await this.#untilRunning(0);
  }

  /** The next message, however long it takes; undefined when there will be none. */
  async #next(): Promise<ChannelMessage | undefined> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const message = await this.#options.layer.receive(this.channel, {
          signal,
          onListening: () => this.#hear(),
          onUnavailable: (cause) => this.#markDisconnected(cause),
        });
        this.#hear();
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
      const startedAtMs = performance.now();
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
    this.#whenOneEnds?.resolve();
    this.#whenOneEnds = undefined;
  }

  async #untilRunning(limit: number): Promise<void> {
    while (this.#running > limit) {
      this.#whenOneEnds ??= Promise.withResolvers();
      await this.#whenOneEnds.promise;
    }
  }

  /** Messages that wait in this process come without a turn of the event loop between them. */
  async #giveWay(): Promise<void> {
    if (performance.now() - this.#turnBeganAtMs < LONGEST_TURN_MS) return;
    await new Promise<void>((resolve) => void afterEvents(resolve));
    this.#turnBeganAtMs = performance.now();
  }

  #hear(): void {
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

  /** Full jitter: what failed for many workers at once is not tried again by all of them at once. */
  async #pause(): Promise<void> {
    const { initialRetryDelayMs, maxRetryDelayMs } = this.#options;
    const { signal } = this.#stopping;
    const durationMs = Math.random() * Math.min(initialRetryDelayMs * 2 ** this.#failures, maxRetryDelayMs);
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
