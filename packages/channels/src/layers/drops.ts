/** Counts the messages that did not reach a receiver. */
import type { DroppedMessage } from "./layer.ts";

/** The count of a layer's dropped messages, with its observer. */
export class Drops {
  readonly #onDrop: ((drop: DroppedMessage) => void) | undefined;
  #count = 0;

  /** @param onDrop Called for each dropped message; must not throw. */
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
