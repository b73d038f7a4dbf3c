/** Receives pushed messages in the cases. */
import type { ReceiverKind, ChannelMessage, Receiver } from "../../layers/layer.ts";
import { plainReceiverKind } from "../../layers/plain-members.ts";
import type { Numbered } from "./harness.ts";

/** A receiver that collects the numbers of its messages. */
export class Collector implements Receiver {
  readonly kind: ReceiverKind = plainReceiverKind;
  readonly numbers: number[] = [];
  readonly #room: number;

  /** @param room The number of messages that it accepts. Default: any number. */
  constructor(room: number = Infinity) {
    this.#room = room;
  }

  deliver(message: ChannelMessage): boolean {
    if (this.numbers.length >= this.#room) return false;
    this.numbers.push((message as Numbered).n);
    return true;
  }
}
