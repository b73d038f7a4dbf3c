/**
 * The members that this process has in each group, held as objects: to deliver
 * is to walk them, with no look-up by name.
 */
import type { Audience, ChannelMessage, Lane, Receiver } from "./layer.ts";

/** Group name to members, for the layer of one process. */
export class LocalGroups {
  readonly #groups = new Map<string, Map<Audience, Lane>>();

  add(group: string, receiver: Receiver): void {
    let lanes = this.#groups.get(group);
    if (lanes === undefined) {
      lanes = new Map();
      this.#groups.set(group, lanes);
    }
    let lane = lanes.get(receiver.audience);
    if (lane === undefined) {
      lane = receiver.audience.openLane();
      lanes.set(receiver.audience, lane);
    }
    lane.add(receiver);
  }

  discard(group: string, receiver: Receiver): void {
    const lanes = this.#groups.get(group);
    const lane = lanes?.get(receiver.audience);
    if (lanes === undefined || lane === undefined) return;
    lane.delete(receiver);
    this.#forgetEmpty(group, lanes, receiver.audience, lane);
  }

  /** @returns how many members had no room. */
  deliver(group: string, message: ChannelMessage): number {
    const lanes = this.#groups.get(group);
    if (lanes === undefined) return 0;
    let missed = 0;
    for (const [audience, lane] of lanes) {
      missed += lane.deliver(message);
      this.#forgetEmpty(group, lanes, audience, lane);
    }
    return missed;
  }

  clear(): void {
    this.#groups.clear();
  }

  /** How many groups have a member here. */
  get size(): number {
    return this.#groups.size;
  }

  #forgetEmpty(group: string, lanes: Map<Audience, Lane>, audience: Audience, lane: Lane): void {
    if (lane.size > 0) return;
    lanes.delete(audience);
    if (lanes.size === 0) this.#groups.delete(group);
  }
}
