/** The harness that a test provides for its layer, and the kit of operations that the cases use. */
import type { Channel, ChannelLayer, ChannelMessage } from "../../layers/layer.ts";
import { withDeadline } from "../deadline.ts";
import { startTimer } from "../timers.ts";
import { rejects, handled } from "./assertions.ts";

/** The limits of a layer under test, which each case chooses. */
export interface ConformanceLimits {
  readonly capacity: number;
  readonly expiryMs: number;
  readonly leaseMs: number;
  /** Present only for a layer that limits the size of messages. */
  readonly maxMessageBytes?: number;
}

/** The optional abilities of a layer. */
export interface LayerTraits {
  /** Whether the layers of one case reach each other, as processes do. */
  readonly isShared: boolean;
  /** Whether the layer limits the size of messages. Cases then pass `maxMessageBytes` to `create`. Default false. */
  readonly limitsSize?: boolean;
  /** Whether the harness has `restart`. Default false. */
  readonly canRestart?: boolean;
}

/** The access of a case to the layer under test. Create a new harness for each case. */
export interface ConformanceHarness {
  /** Creates a layer. The layers of one case share a backend, which is empty at first. */
  readonly create: (limits: ConformanceLimits) => Promise<ChannelLayer>;
  /** Advances the clock of the layers and their backend, in milliseconds. */
  readonly advance: (durationMs: number) => Promise<void>;
  /** Kills the backend, awaits `whileAway`, and restarts the backend without its data. */
  readonly restart?: (whileAway: () => Promise<void>) => Promise<void>;
  /** How long a message may take to arrive, in milliseconds. Default 10,000. */
  readonly deadlineMs?: number;
}

/** A rule for layers, as a test. `run` rejects when the layer breaks the rule. */
export interface ConformanceCase {
  /** A sentence whose subject is the layer. */
  readonly title: string;
  readonly run: (harness: ConformanceHarness) => Promise<void>;
}

/** A case whose check uses the kit. */
export interface KitCase {
  readonly title: string;
  readonly check: (kit: Kit) => Promise<void>;
}

/** Limits that no case reaches by accident. */
export const WIDE: ConformanceLimits = { capacity: 1_000, expiryMs: 600_000, leaseMs: 600_000 };

/** A message with a number, which identifies it. */
export interface Numbered extends ChannelMessage {
  readonly n: number;
}

/** Returns a message with this number. */
export function numbered(n: number): Numbered {
  return { type: "test.numbered", n };
}

/** Returns the integers from 0 up to, not including, `count`. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Returns the numbers in ascending order. */
export function sorted(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}

/** Resolves after 5 ms, the time between two polls. */
export function pause(): Promise<void> {
  return new Promise((resolve) => startTimer(resolve, 5));
}

/** The operations that cases use. Every wait has a deadline. */
export class Kit {
  readonly #harness: ConformanceHarness;
  readonly #deadlineMs: number;

  constructor(harness: ConformanceHarness) {
    this.#harness = harness;
    this.#deadlineMs = harness.deadlineMs ?? 10_000;
  }

  create(limits: ConformanceLimits = WIDE): Promise<ChannelLayer> {
    return this.#harness.create(limits);
  }

  advance(durationMs: number): Promise<void> {
    return this.#harness.advance(durationMs);
  }

  async restart(whileAway = async (): Promise<void> => undefined): Promise<void> {
    await this.#harness.restart?.(whileAway);
  }

  /** Returns the next message of a channel. */
  next(layer: ChannelLayer, channel: string): Promise<ChannelMessage> {
    return this.soon(layer.receive(channel), `a message on ${JSON.stringify(channel)}`);
  }

  /** Returns the numbers of the next messages of a channel. */
  take(layer: ChannelLayer, channel: string, count: number): Promise<number[]> {
    const numbers: number[] = [];
    const taking = async (): Promise<number[]> => {
      while (numbers.length < count) numbers.push(((await layer.receive(channel)) as Numbered).n);
      return numbers;
    };
    const awaited = `${count} messages on ${JSON.stringify(channel)}`;
    return this.soon(taking(), awaited, () => `${JSON.stringify(numbers)} arrived`);
  }

  /** Sends a marker to a channel or its group, and returns the number that arrives next: -1 when no message waited. */
  async nextNumber(layer: ChannelLayer, channel: string, group?: string): Promise<number> {
    // The marker takes the same way as earlier messages, so it cannot overtake one.
    const marker = numbered(-1);
    await (group === undefined ? layer.send(channel, marker) : layer.groupSend(group, marker));
    return (await this.take(layer, channel, 1))[0] as number;
  }

  /** Creates a channel, adds it to a group, and returns it. */
  async member(layer: ChannelLayer, group: string): Promise<Channel> {
    const channel = layer.newChannel();
    await layer.groupAdd(group, channel);
    return channel;
  }

  /** Asserts that the promise rejects with an error of this code before the deadline. */
  rejects(promise: Promise<unknown>, code: string, what: string): Promise<void> {
    return this.soon(rejects(promise, code, what), `${what} to be refused`);
  }

  /** Returns the value of the promise, or rejects after the deadline with an error that names `awaited`. */
  soon<Value>(promise: Promise<Value>, awaited: string, seen = () => "nothing arrived"): Promise<Value> {
    return handled(withDeadline(promise, awaited, this.#deadlineMs, seen));
  }

  /** Polls until the condition is true. Rejects after the deadline with an error that names `awaited`. */
  until(condition: () => boolean | Promise<boolean>, awaited: string): Promise<void> {
    const late = new AbortController();
    const polling = async (): Promise<void> => {
      while (!late.signal.aborted && !(await condition())) await pause();
    };
    return handled(this.soon(polling(), awaited).finally(() => late.abort()));
  }
}
