/** Counts dropped messages. */
import type { DroppedMessage } from "./layer.ts";

/** A counter of the messages that a layer dropped. */
export class Drops {
  readonly #onDrop: ((drop: DroppedMessage) => void) | undefined;
  #count = 0;

  /** @param onDrop Called for each dropped message. Must not throw. */
  constructor(onDrop: ((drop: DroppedMessage) => void) | undefined) {
    this.#onDrop = onDrop;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Counts dropped messages.
   * @param times The number of messages with this reason, type and group. Default 1.
   */
  add(reason: DroppedMessage["reason"], messageType: string | undefined, group?: string, times: number = 1): void {
    this.#count += times;
    for (let index = 0; index < times; index += 1) this.#onDrop?.({ reason, messageType, group });
  }
}
