/**
 * Simulates a channel layer with a faulty backend and network, for tests of applications. The layer wraps another one,
 * and refuses, drops, duplicates, delays and reorders its messages. It can also have an outage. A seed determines the
 * faults, so that every failure repeats.
 */
import { quote } from "../describe-value.ts";
import { ConfigurationError, LayerClosedError } from "../errors.ts";
import { LayerUnavailableError } from "./errors.ts";
import type {
  Channel,
  ChannelLayer,
  ChannelMessage,
  Gap,
  GroupAddOptions,
  GroupSendOptions,
  ReceiveOptions,
  Receiver,
  SentMessage,
} from "../layers/layer.ts";
import { checkLimits } from "../internal/check-limits.ts";
import { checkLayer } from "../layers/check-layer.ts";
import { checkMessage } from "../layers/check-message.ts";
import { checkChannelName, checkGroupName } from "../layers/names.ts";
import { checkOptions } from "../internal/check-options.ts";
import { isolateHook } from "../internal/isolate-hook.ts";
import { SeededRandom } from "./seeded-random.ts";

/** The kinds of fault. A message has at most one: the first that the random source selects. */
const KINDS = ["refuse", "drop", "duplicate", "delay", "reorder"] as const;

/** A kind of fault. `FaultyLayerOptions` explains each kind. */
export type FaultKind = (typeof KINDS)[number];

/** Options of a faulty layer. The probability of each kind of fault is from 0 to 1. Default 0. */
export interface FaultyLayerOptions {
  /** The seed, an integer. The same calls with the same seed have the same faults. */
  readonly seed: number;
  /** The probability that the layer drops a message and the call throws `LayerUnavailableError`. */
  readonly refuse?: number;
  /** The probability that the layer drops a message without an error. `dropped` counts it. */
  readonly drop?: number;
  /** The probability that the layer sends a message twice. */
  readonly duplicate?: number;
  /** The probability that the layer holds a message until `delayMessages` later messages were sent, or until `release`. */
  readonly delay?: number;
  /** The probability that the layer holds a message until the next one to the same channel or group, or until `release`. */
  readonly reorder?: number;
  /** The number of messages that overtake a delayed message, at least 1. Default 3. */
  readonly delayMessages?: number;
}

/** The number of faults that `toString` describes: the latest ones. */
const MAX_DESCRIBED = 20;

/** A fault of one message. */
export interface Fault {
  readonly kind: FaultKind;
  /** The number of the message among all messages sent through the layer, from 1. */
  readonly number: number;
  /** `channel "…"` or `group "…"`. */
  readonly target: string;
  readonly message: ChannelMessage;
}

/** A delayed or reordered message, which the layer has not sent yet. */
interface Held {
  readonly target: string;
  readonly isReordered: boolean;
  /** The number of messages that may still overtake it. */
  left: number;
  readonly put: () => Promise<void>;
}

/**
 * A channel layer with faults in `send` and `groupSend`. All other calls pass to the inner layer, except during an
 * outage.
 *
 * @example
 * const layer = new FaultyLayer(new InMemoryChannelLayer(), { seed: 7, drop: 0.1, reorder: 0.1 });
 * const client = new WebSocketCommunicator(application, "/ws/lobby/", { layer });
 * // … send messages, then
 * await layer.release();
 * // … and check that the client detects lost messages. `String(layer)` lists the faults.
 */
export class FaultyLayer implements ChannelLayer {
  readonly seed: number;
  readonly #inner: ChannelLayer;
  readonly #random: SeededRandom;
  readonly #probabilities: Readonly<Record<FaultKind, number>>;
  readonly #delayMessages: number;
  readonly #faults: Fault[] = [];
  #buffered: Held[] = [];
  #sent = 0;
  /** One function per waiting `receive`, which calls its hook for the current state. */
  readonly #receiveObservers = new Set<() => void>();
  readonly #gapListeners = new Set<(gap: Gap) => void>();
  /** The start of the outage, on the clock of `performance.now`; undefined when there is none. */
  #outageSinceMs: number | undefined;
  #isClosed = false;

  /**
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the layer lacks a method, or an option is unknown or out of
   * range.
   */
  constructor(inner: ChannelLayer, options: FaultyLayerOptions) {
    checkLayer("inner", inner);
    checkOptions("FaultyLayer", options, ["seed", ...KINDS, "delayMessages"]);
    const { seed, refuse = 0, drop = 0, duplicate = 0, delay = 0, reorder = 0, delayMessages = 3 } = options;
    if (!Number.isSafeInteger(seed)) {
      throw new ConfigurationError(`Expected \`seed\` to be an integer, got \`${String(seed)}\`.`);
    }
    this.#probabilities = { refuse, drop, duplicate, delay, reorder };
    for (const kind of KINDS) checkProbability(kind, this.#probabilities[kind]);
    checkLimits({ delayMessages });
    this.seed = seed;
    this.#inner = inner;
    this.#random = new SeededRandom(seed);
    this.#delayMessages = delayMessages;
  }

  /** All faults so far, in the order of sending. */
  get faults(): readonly Fault[] {
    return this.#faults;
  }

  /** The number of faults of each kind. */
  get counts(): Readonly<Record<FaultKind, number>> {
    const counts = { refuse: 0, drop: 0, duplicate: 0, delay: 0, reorder: 0 };
    for (const { kind } of this.#faults) counts[kind] += 1;
    return counts;
  }

  /** The number of delayed and reordered messages that wait. */
  get held(): number {
    return this.#buffered.length;
  }

  get capacity(): number {
    return this.#inner.capacity;
  }

  get dropped(): number {
    return this.#inner.dropped + this.counts.drop;
  }

  newChannel(receiver?: Receiver): Channel {
    return this.#inner.newChannel(receiver);
  }

  async send(channel: string, message: SentMessage): Promise<void> {
    checkChannelName(channel);
    await this.#pass(`channel ${quote(channel)}`, message, () => this.#inner.send(channel, message));
  }

  async receive(channel: string, options: ReceiveOptions = {}): Promise<ChannelMessage> {
    const notify = (): void => {
      if (this.#hasOutage) options.onUnavailable?.(new LayerUnavailableError(`receive from channel ${quote(channel)}`));
      else options.onListening?.();
    };
    const onListening = (): void => {
      this.#receiveObservers.add(notify);
      notify();
    };
    try {
      return await this.#inner.receive(channel, { ...options, onListening });
    } finally {
      this.#receiveObservers.delete(notify);
    }
  }

  async groupAdd(group: string, channel: Channel | string, options?: GroupAddOptions): Promise<void> {
    checkGroupName(group);
    if (this.#hasOutage && options?.joinWhileAway !== true) {
      throw new LayerUnavailableError(`add to group ${quote(group)}`);
    }
    await this.#inner.groupAdd(group, channel, options);
  }

  groupDiscard(group: string, channel: Channel | string): Promise<void> {
    return this.#inner.groupDiscard(group, channel);
  }

  async groupSend(group: string, message: SentMessage, options?: GroupSendOptions): Promise<void> {
    checkGroupName(group);
    await this.#pass(`group ${quote(group)}`, message, () => this.#inner.groupSend(group, message, options));
  }

  /**
   * Starts an outage: `send`, `groupSend`, and `groupAdd` without `joinWhileAway` throw `LayerUnavailableError`, and every
   * waiting `receive` calls `onUnavailable`. Members stay in their groups. Messages that a test sends through the inner
   * layer still arrive.
   */
  startOutage(): void {
    if (this.#hasOutage || this.#isClosed) return;
    this.#outageSinceMs = performance.now();
    for (const notify of this.#receiveObservers) notify();
  }

  /** Ends the outage. Every waiting `receive` calls `onListening`, and the layer reports the outage as a gap. */
  endOutage(): void {
    if (this.#outageSinceMs === undefined) return;
    const durationMs = performance.now() - this.#outageSinceMs;
    this.#outageSinceMs = undefined;
    for (const notify of this.#receiveObservers) notify();
    for (const listener of this.#gapListeners) listener({ durationMs, cause: new LayerUnavailableError("listen") });
  }

  /** Sends the held messages, in the order of their calls. */
  async release(): Promise<void> {
    const held = this.#buffered;
    this.#buffered = [];
    await Promise.all(held.map(({ put }) => putLate(put)));
  }

  onGap(listener: (gap: Gap) => void): () => void {
    const isolated = isolateHook("onGap", listener);
    const stop = this.#inner.onGap(isolated);
    this.#gapListeners.add(isolated);
    return () => {
      this.#gapListeners.delete(isolated);
      stop();
    };
  }

  /** Removes the held messages, and flushes the inner layer. */
  async flush(): Promise<void> {
    this.#buffered = [];
    await this.#inner.flush();
  }

  /** Closes the inner layer and drops the held messages. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#outageSinceMs = undefined;
    this.#buffered = [];
    await this.#inner.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Returns the seed and the latest faults as text, for the message of an assertion. */
  toString(): string {
    const faults = this.#faults.slice(-MAX_DESCRIBED).map(({ kind, number, target, message }) => {
      return `${kind} of message ${number}, ${quote(message.type)} to ${target}`;
    });
    const left = this.#faults.length - faults.length;
    const outage = this.#hasOutage ? "the layer has an outage; " : "";
    return `${outage}faults by seed ${this.seed}: ${left > 0 ? `${left} before, then ` : ""}${faults.join("; ") || "none"}`;
  }

  get #hasOutage(): boolean {
    return this.#outageSinceMs !== undefined;
  }

  async #pass(target: string, message: SentMessage, put: () => Promise<void>): Promise<void> {
    if (this.#isClosed) throw new LayerClosedError();
    checkMessage(message);
    if (this.#hasOutage) throw new LayerUnavailableError(`send to ${target}`);
    this.#sent += 1;
    const due = this.#takeDue(target);
    const kind = this.#decide(due.some(({ isReordered }) => isReordered));
    if (kind !== undefined) this.#faults.push({ kind, number: this.#sent, target, message });
    // All sends start within this call, so that the order does not depend on the speed of the inner layer.
    const isHeld = kind === "delay" || kind === "reorder";
    const own = kind === "refuse" || kind === "drop" || isHeld ? undefined : put();
    const late = due.map((held) => putLate(held.put));
    if (kind === "duplicate") late.push(putLate(put));
    if (isHeld) {
      this.#buffered.push({ target, isReordered: kind === "reorder", left: this.#delayMessages, put });
    }
    await Promise.all([own, ...late]);
    if (kind === "refuse") throw new LayerUnavailableError(`send to ${target}`);
  }

  /** Returns the held messages that are due after this one. */
  #takeDue(target: string): readonly Held[] {
    for (const held of this.#buffered) held.left -= held.isReordered ? 0 : 1;
    const due = this.#buffered.filter((held) => (held.isReordered ? held.target === target : held.left === 0));
    this.#buffered = this.#buffered.filter((held) => !due.includes(held));
    return due;
  }

  /** Selects a fault. Draws the same number of random numbers for every message, so that no option changes other faults. */
  #decide(isPartner: boolean): FaultKind | undefined {
    const hits = KINDS.filter((kind) => this.#random.next() < this.#probabilities[kind]);
    // The second message of a swap must not start another swap.
    return hits.find((kind) => !(isPartner && kind === "reorder"));
  }
}

/** Sends a held message. Ignores an error, because the call that sent the message has returned already. */
async function putLate(put: () => Promise<void>): Promise<void> {
  await put().catch(() => undefined);
}

function checkProbability(name: string, value: number): void {
  if (typeof value === "number" && value >= 0 && value <= 1) return;
  throw new ConfigurationError(`Expected \`${name}\` to be a number from 0 to 1, got \`${String(value)}\`.`);
}
