/**
 * A channel layer whose backend and network are bad, to see what an application
 * makes of it: around any layer, it refuses, drops, duplicates, delays and
 * reorders what is sent. Which message meets what is decided by a seed, so that
 * a failure can be had again. It can also be away altogether for a while.
 */
import { ConfigurationError, LayerClosedError, LayerUnavailableError, quote } from "../errors.ts";
import type {
  Channel,
  ChannelLayer,
  ChannelMessage,
  Gap,
  GroupSendOptions,
  ReceiveOptions,
  Receiver,
  SentMessage,
} from "../layers/layer.ts";
import { checkLimits } from "../internal/check-limits.ts";
import { checkMessage } from "../layers/check-message.ts";
import { checkChannelName, checkGroupName } from "../layers/names.ts";
import { checkOptions } from "../internal/check-options.ts";
import { SeededRandom } from "./seeded-random.ts";

/** What can happen to a message, in the order in which it is decided: to each message, one of them at most. */
const KINDS = ["refuse", "drop", "duplicate", "delay", "reorder"] as const;

/** See `FaultyLayerOptions`. */
export type FaultKind = (typeof KINDS)[number];

/** How likely each fault is, from 0, the default, to 1; an unknown option is refused. */
export interface FaultyLayerOptions {
  /** The same calls with the same seed meet the same faults. An integer. */
  readonly seed: number;
  /** The message goes nowhere, and the call throws `LayerUnavailableError`. */
  readonly refuse?: number;
  /** The message goes nowhere, and whoever sent it is not told. It is counted in `dropped`. */
  readonly drop?: number;
  /** The message goes in twice. */
  readonly duplicate?: number;
  /** The message goes in behind the next `delayMessages` messages, whomever they are for, or at `release`. */
  readonly delay?: number;
  /** The message changes places with the next one for the same channel or group, or goes in at `release`. */
  readonly reorder?: number;
  /** Default 3, at least 1. */
  readonly delayMessages?: number;
}

/** How many faults, the last ones, are told in words. */
const MOST_SHOWN = 20;

/** What was done to one message. */
export interface Fault {
  readonly kind: FaultKind;
  /** Which message it was of all that were sent through the layer, counted from 1. */
  readonly number: number;
  /** `channel "…"` or `group "…"`. */
  readonly target: string;
  readonly message: ChannelMessage;
}

/** A message that has not gone in yet. */
interface Held {
  readonly target: string;
  readonly isReordered: boolean;
  /** How many messages may still overtake it. */
  left: number;
  readonly put: () => Promise<void>;
}

/**
 * Faults happen on the way in, to `send` and `groupSend`; until it is away, all
 * else goes to the layer inside as it is, and so do the channels of consumers.
 *
 * @example
 * const layer = new FaultyLayer(new InMemoryChannelLayer(), { seed: 7, drop: 0.1, reorder: 0.1 });
 * const client = new WebSocketCommunicator(application, "/ws/lobby/", { layer });
 * // … say much, then
 * await layer.release();
 * // … and look whether the client noticed what it missed. `String(layer)` says what that was.
 */
export class FaultyLayer implements ChannelLayer {
  readonly seed: number;
  readonly #inner: ChannelLayer;
  readonly #random: SeededRandom;
  readonly #likelihoods: Readonly<Record<FaultKind, number>>;
  readonly #delayMessages: number;
  readonly #faults: Fault[] = [];
  #buffered: Held[] = [];
  #sent = 0;
  /** Tells each `receive` that waits whether the layer listens. */
  readonly #waits = new Set<() => void>();
  #isAway = false;
  #isClosed = false;

  /** @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range. */
  constructor(inner: ChannelLayer, options: FaultyLayerOptions) {
    checkOptions("FaultyLayer", options, ["seed", ...KINDS, "delayMessages"]);
    const { seed, refuse = 0, drop = 0, duplicate = 0, delay = 0, reorder = 0, delayMessages = 3 } = options;
    if (!Number.isSafeInteger(seed)) {
      throw new ConfigurationError(`Expected \`seed\` to be an integer, got \`${String(seed)}\`.`);
    }
    this.#likelihoods = { refuse, drop, duplicate, delay, reorder };
    for (const kind of KINDS) checkLikelihood(kind, this.#likelihoods[kind]);
    checkLimits({ delayMessages });
    this.seed = seed;
    this.#inner = inner;
    this.#random = new SeededRandom(seed);
    this.#delayMessages = delayMessages;
  }

  /** What was done to which message, in the order of sending. */
  get faults(): readonly Fault[] {
    return this.#faults;
  }

  /** How often each fault happened. */
  get counts(): Readonly<Record<FaultKind, number>> {
    const counts = { refuse: 0, drop: 0, duplicate: 0, delay: 0, reorder: 0 };
    for (const { kind } of this.#faults) counts[kind] += 1;
    return counts;
  }

  /** How many delayed and reordered messages have not gone in yet. */
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
    const tell = (): void => {
      if (this.#isAway) options.onUnavailable?.(new LayerUnavailableError(`receive from channel ${quote(channel)}`));
      else options.onListening?.();
    };
    const onListening = (): void => {
      this.#waits.add(tell);
      tell();
    };
    try {
      return await this.#inner.receive(channel, { ...options, onListening });
    } finally {
      this.#waits.delete(tell);
    }
  }

  async groupAdd(group: string, channel: Channel | string): Promise<void> {
    checkGroupName(group);
    if (this.#isAway) throw new LayerUnavailableError(`add to group ${quote(group)}`);
    await this.#inner.groupAdd(group, channel);
  }

  groupDiscard(group: string, channel: Channel | string): Promise<void> {
    return this.#inner.groupDiscard(group, channel);
  }

  async groupSend(group: string, message: SentMessage, options?: GroupSendOptions): Promise<void> {
    checkGroupName(group);
    await this.#pass(`group ${quote(group)}`, message, () => this.#inner.groupSend(group, message, options));
  }

  /**
   * From now on `send`, `groupSend` and `groupAdd` throw `LayerUnavailableError`, as they do when the backend cannot be
   * reached, and whoever waits in `receive` is told to be deaf. Members stay in their groups; what is sent around this
   * layer, through the one inside, still comes.
   */
  goAway(): void {
    this.#setAway(true);
  }

  /** Ends what `goAway` began. */
  comeBack(): void {
    this.#setAway(false);
  }

  /** Lets in what is held, in the order of sending. */
  async release(): Promise<void> {
    const held = this.#buffered;
    this.#buffered = [];
    await Promise.all(held.map(({ put }) => putLate(put)));
  }

  onGap(listener: (gap: Gap) => void): () => void {
    return this.#inner.onGap(listener);
  }

  /** Forgets what is held as well. */
  async flush(): Promise<void> {
    this.#buffered = [];
    await this.#inner.flush();
  }

  /** Closes the layer inside, and drops what is held. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isAway = false;
    this.#buffered = [];
    await this.#inner.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The seed and the faults, for the message of an assertion. */
  toString(): string {
    const faults = this.#faults.slice(-MOST_SHOWN).map(({ kind, number, target, message }) => {
      return `${kind} of message ${number}, ${quote(message.type)} to ${target}`;
    });
    const left = this.#faults.length - faults.length;
    const away = this.#isAway ? "the layer is away; " : "";
    return `${away}faults by seed ${this.seed}: ${left > 0 ? `${left} before, then ` : ""}${faults.join("; ") || "none"}`;
  }

  #setAway(isAway: boolean): void {
    if (this.#isAway === isAway || this.#isClosed) return;
    this.#isAway = isAway;
    for (const tell of this.#waits) tell();
  }

  async #pass(target: string, message: SentMessage, put: () => Promise<void>): Promise<void> {
    if (this.#isClosed) throw new LayerClosedError();
    checkMessage(message);
    if (this.#isAway) throw new LayerUnavailableError(`send to ${target}`);
    this.#sent += 1;
    const due = this.#takeDue(target);
    const kind = this.#decide(due.some(({ isReordered }) => isReordered));
    if (kind !== undefined) this.#faults.push({ kind, number: this.#sent, target, message });
    // Everything is handed to the layer inside within this call, or the order would depend on how fast that is.
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

  /** What has been held for long enough when this message has gone in. */
  #takeDue(target: string): readonly Held[] {
    for (const held of this.#buffered) held.left -= held.isReordered ? 0 : 1;
    const due = this.#buffered.filter((held) => (held.isReordered ? held.target === target : held.left === 0));
    this.#buffered = this.#buffered.filter((held) => !due.includes(held));
    return due;
  }

  /** Draws as many numbers for every message, so that one fault more changes nothing about the others. */
  #decide(isPartner: boolean): FaultKind | undefined {
    const hits = KINDS.filter((kind) => this.#random.next() < this.#likelihoods[kind]);
    // Two that change places are not torn apart again.
    return hits.find((kind) => !(isPartner && kind === "reorder"));
  }
}

/** Whoever sent it has gone on long ago: what the layer refuses is lost, as on any network, and counted there. */
async function putLate(put: () => Promise<void>): Promise<void> {
  await put().catch(() => undefined);
}

function checkLikelihood(name: string, value: number): void {
  if (typeof value === "number" && value >= 0 && value <= 1) return;
  throw new ConfigurationError(`Expected \`${name}\` to be a number from 0 to 1, got \`${String(value)}\`.`);
}
