/** A layer that is broken in one way that a case of the conformance suite is about. */
import type { ChannelLayer } from "@lobby/channels";
import type { ConformanceLimits } from "@lobby/channels/testing";
import type { Hub } from "../hub-layer.ts";

/** What a fault may look at beside the layer that it breaks. */
export interface FaultContext {
  readonly hub: Hub;
  readonly limits: ConformanceLimits;
  /** Which layer of the case this is; the first is 0. */
  readonly index: number;
  /** Whether the backend was begun again. */
  readonly hasRestarted: () => boolean;
}

/** One way to be broken. */
export interface Fault {
  /** A sentence of which the layer is the subject. */
  readonly title: string;
  /** What the titles begin with of the cases that must notice. */
  readonly caughtBy: readonly string[];
  /** The limits that the layer is given instead of those that were asked for. */
  readonly limits?: (limits: ConformanceLimits) => ConformanceLimits;
  /** The calls that go wrong. */
  readonly overrides?: (layer: ChannelLayer, context: FaultContext) => Partial<ChannelLayer>;
}

/** A message as a layer is handed it. */
export type Message = Parameters<ChannelLayer["send"]>[1];

export const never = (): Promise<never> => new Promise(() => undefined);
export const nothing = async (): Promise<void> => undefined;

/** The number of a message of the suite. */
export function numberOf(message: Message): unknown {
  return (message as { readonly n?: unknown }).n;
}

/** Changes what the channels that the layer makes do when they are closed. */
export function closingWith(close: () => Promise<void>, layer: ChannelLayer): Partial<ChannelLayer> {
  return { newChannel: (receiver) => ({ name: layer.newChannel(receiver).name, close }) };
}
