/** What the cases of the conformance suite are given, and what they need to be written in few words. */
import type { Channel, ChannelLayer, ChannelMessage } from "../../layers/layer.ts";
import { withDeadline } from "../deadline.ts";
import { startTimer } from "../timers.ts";
import { rejects, tended } from "./assertions.ts";

/** Limits that a case asks for. */
export interface ConformanceLimits {
  readonly capacity: number;
  readonly expiryMs: number;
  readonly leaseMs: number;
  /** Only asked for when the layer limits the size of messages. */
  readonly maxMessageBytes?: number;
}

/** What a layer is able to do beyond what each must. */
export interface LayerTraits {
  /** Whether several layers of one case reach each other, as if each were a process. */
  readonly isShared: boolean;
  /** Whether messages may be too large; `create` is then told how large they may be. Default no. */
  readonly limitsSize?: boolean;
  /** Whether the backend can be killed and begun again with `restart`. Default no. */
  readonly canRestart?: boolean;
}

/** How to make the layer that is looked at. Made anew for every case. */
export interface ConformanceHarness {
  /** Makes a layer; those that one case makes share a backend that was empty before. */
  readonly create: (limits: ConformanceLimits) => Promise<ChannelLayer>;
  /** Lets this much time pass for the layers and their backend. */
  readonly advance: (durationMs: number) => Promise<void>;
  /** Kills the backend and begins it again, with nothing of what it knew. */
  readonly restart?: () => Promise<void>;
  /** How long a message may take to come. Default 10,000. */
  readonly deadlineMs?: number;
}

/** One thing that a layer must do; it throws when the layer does not. */
export interface ConformanceCase {
  /** A sentence of which the layer is the subject. */
  readonly title: string;
  readonly run: (harness: ConformanceHarness) => Promise<void>;
}

/** A case as it is written here. */
export interface KitCase {
  readonly title: string;
  readonly check: (kit: Kit) => Promise<void>;
}

/** Limits that no case runs into unless it means to. */
export const WIDE: ConformanceLimits = { capacity: 1_000, expiryMs: 600_000, leaseMs: 600_000 };

/** A message with a number, to tell it from others. */
export interface Numbered extends ChannelMessage {
  readonly n: number;
}

/** A message with this number. */
export function numbered(n: number): Numbered {
  return { type: "test.numbered", n };
}

/** 0, 1, 2 … below this count. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Numbers in their order. */
export function sorted(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}

/** A few milliseconds between two looks. */
export function pause(): Promise<void> {
  return new Promise((resolve) => startTimer(resolve, 5));
}

/** A harness with what cases do with the layers it makes. Every wait has a deadline. */
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

  async restart(): Promise<void> {
    await this.#harness.restart?.();
  }

  /** The next message of a channel. */
  next(layer: ChannelLayer, channel: string): Promise<ChannelMessage> {
    return this.soon(layer.receive(channel), `a message on ${JSON.stringify(channel)}`);
  }

  /** The numbers of the next messages of a channel. */
  take(layer: ChannelLayer, channel: string, count: number): Promise<number[]> {
    const numbers: number[] = [];
    const taking = async (): Promise<number[]> => {
      while (numbers.length < count) numbers.push(((await layer.receive(channel)) as Numbered).n);
      return numbers;
    };
    const awaited = `${count} messages on ${JSON.stringify(channel)}`;
    return this.soon(taking(), awaited, () => `there came ${JSON.stringify(numbers)}`);
  }

  /** Sends to a channel, or to a group it is in, and takes what comes next: that number, when nothing was waiting. */
  async comesNext(layer: ChannelLayer, channel: string, group?: string): Promise<number> {
    // It goes the same way as what was sent before, so it cannot overtake anything.
    const marker = numbered(-1);
    await (group === undefined ? layer.send(channel, marker) : layer.groupSend(group, marker));
    return (await this.take(layer, channel, 1))[0] as number;
  }

  /** Joins a new channel to a group. */
  async member(layer: ChannelLayer, group: string): Promise<Channel> {
    const channel = layer.newChannel();
    await layer.groupAdd(group, channel);
    return channel;
  }

  /** That the promise rejects with an error of this code, in time. */
  rejects(promise: Promise<unknown>, code: string, what: string): Promise<void> {
    return this.soon(rejects(promise, code, what), `${what} to be refused`);
  }

  /** The promise's value, in time. */
  soon<Value>(promise: Promise<Value>, awaited: string, seen = () => "nothing came"): Promise<Value> {
    return tended(withDeadline(promise, awaited, this.#deadlineMs, seen));
  }

  /** Resolves once the condition holds. */
  until(condition: () => boolean | Promise<boolean>, awaited: string): Promise<void> {
    const late = new AbortController();
    const polling = async (): Promise<void> => {
      while (!late.signal.aborted && !(await condition())) await pause();
    };
    return tended(this.soon(polling(), awaited).finally(() => late.abort()));
  }
}
