/** A receiver that keeps what it is handed, for cases about being pushed to. */
import type { ReceiverKind, ChannelMessage, Receiver } from "../../layers/layer.ts";
import { plainReceiverKind } from "../../layers/plain-members.ts";
import type { Numbered } from "./harness.ts";

/** See the head of this file. */
export class Collector implements Receiver {
  readonly kind: ReceiverKind = plainReceiverKind;
  readonly numbers: number[] = [];
  readonly #room: number;

  /** @param room How many messages it takes before it refuses. */
  constructor(room: number = Infinity) {
    this.#room = room;
  }

  deliver(message: ChannelMessage): boolean {
    if (this.numbers.length >= this.#room) return false;
    this.numbers.push((message as Numbered).n);
    return true;
  }
}
