/** What the cases of the conformance suite are given. */
import type { ChannelLayer, ChannelMessage } from "../../layers/layer.ts";

/** Limits that a case asks for. */
export interface ConformanceLimits {
  readonly capacity: number;
  readonly expiryMs: number;
  readonly leaseMs: number;
}

/** How to make the layer that is looked at. Made anew for every case. */
export interface ConformanceHarness {
  /**
   * Makes a layer on an empty backend. Layers that one case makes reach each
   * other, as if each were a process, when `isShared` says so.
   */
  readonly create: (limits: ConformanceLimits) => Promise<ChannelLayer>;
  /** Whether several layers of one case reach each other. */
  readonly isShared: boolean;
  /** Lets this much time pass for the backend. */
  readonly advance: (durationMs: number) => Promise<void>;
}

/** One thing that a layer must do; it throws when the layer does not. */
export interface ConformanceCase {
  /** A sentence of which the layer is the subject. */
  readonly title: string;
  readonly run: (harness: ConformanceHarness) => Promise<void>;
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

/** The numbers of the next messages of a channel. */
export async function take(layer: ChannelLayer, channel: string, count: number): Promise<number[]> {
  const numbers: number[] = [];
  while (numbers.length < count) numbers.push(((await layer.receive(channel)) as Numbered).n);
  return numbers;
}

/**
 * That a channel has nothing waiting: what is sent now is what comes next.
 * Sending and receiving go the same way as what was sent before, so it cannot be overtaken.
 */
export async function comesNext(layer: ChannelLayer, channel: string, group?: string): Promise<number> {
  const marker = numbered(-1);
  await (group === undefined ? layer.send(channel, marker) : layer.groupSend(group, marker));
  return (await take(layer, channel, 1))[0] as number;
}
