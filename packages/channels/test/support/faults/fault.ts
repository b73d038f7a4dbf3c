/** Ways to break a layer on purpose. Each must fail a case of the conformance suite. */
import type { ChannelLayer } from "@lobby/channels";
import type { ConformanceLimits } from "@lobby/channels/testing";
import type { Hub } from "../hub-layer.ts";

/** The surroundings of the layer that a fault breaks. */
export interface FaultContext {
  readonly hub: Hub;
  readonly limits: ConformanceLimits;
  /** The number of the layer within its case, from 0. */
  readonly index: number;
  /** Returns whether the backend was restarted. */
  readonly hasRestarted: () => boolean;
}

/** One way to break a layer. */
export interface Fault {
  /** A sentence whose subject is the layer. */
  readonly title: string;
  /** The beginnings of the titles of the cases that must fail. */
  readonly caughtBy: readonly string[];
  /** Returns the limits of the layer, which differ from the requested ones. */
  readonly limits?: (limits: ConformanceLimits) => ConformanceLimits;
  /** Returns the broken calls. */
  readonly overrides?: (layer: ChannelLayer, context: FaultContext) => Partial<ChannelLayer>;
}

/** A message as a caller passes it to a layer. */
export type Message = Parameters<ChannelLayer["send"]>[1];

export const never = (): Promise<never> => new Promise(() => undefined);
export const nothing = async (): Promise<void> => undefined;

/** Returns the number of a message of the suite. */
export function numberOf(message: Message): unknown {
  return (message as { readonly n?: unknown }).n;
}

/** Replaces `close` of the channels that the layer makes. */
export function closingWith(close: () => Promise<void>, layer: ChannelLayer): Partial<ChannelLayer> {
  return { newChannel: (receiver) => ({ name: layer.newChannel(receiver).name, close }) };
}
