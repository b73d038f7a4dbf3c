/** A receiver that keeps what it is handed, for cases about being pushed to. */
import type { Audience, ChannelMessage, Lane, Receiver } from "../../layers/layer.ts";
import type { Numbered } from "./harness.ts";

/** See the head of this file. */
export class Collector implements Receiver {
  readonly audience: Audience = COLLECTORS;
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

class CollectorLane implements Lane {
  readonly #collectors = new Set<Receiver>();

  get size(): number {
    return this.#collectors.size;
  }
  add(receiver: Receiver): void {
    this.#collectors.add(receiver);
  }
  delete(receiver: Receiver): void {
    this.#collectors.delete(receiver);
  }
  deliver(message: ChannelMessage, except?: Receiver): number {
    let missed = 0;
    for (const collector of this.#collectors) {
      if (collector !== except && !collector.deliver(message)) missed += 1;
    }
    return missed;
  }
}

const COLLECTORS: Audience = { openLane: () => new CollectorLane() };
