/** Counts what did not reach a receiver, and tells whoever wants to know. */
import type { DroppedMessage } from "./layer.ts";

/** See the head of this file. */
export class Drops {
  readonly #onDrop: ((drop: DroppedMessage) => void) | undefined;
  #count = 0;

  /** @param onDrop Told of each; must not throw. */
  constructor(onDrop: ((drop: DroppedMessage) => void) | undefined) {
    this.#onDrop = onDrop;
  }

  get count(): number {
    return this.#count;
  }

  /** @param times How many messages there were of which all this is true. Default 1. */
  add(reason: DroppedMessage["reason"], messageType: string | undefined, group?: string, times: number = 1): void {
    this.#count += times;
    for (let told = 0; told < times; told += 1) this.#onDrop?.({ reason, messageType, group });
  }
}
