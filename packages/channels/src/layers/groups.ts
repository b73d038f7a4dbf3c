/**
 * The members that this process has in each group, held as objects: to deliver
 * is to walk them, with no look-up by name.
 */
import type { ReceiverKind, ChannelMessage, GroupMembers, Receiver } from "./layer.ts";

/** Who wants to know which groups have members here. */
export interface GroupObserver {
  /** A group has its first member. */
  readonly onFirst: (group: string) => void;
  /** A group has lost its last member. */
  readonly onLast: (group: string) => void;
}

/** Group name to members, as far as they are in this process. */
export class LocalGroups {
  readonly #groups = new Map<string, Map<ReceiverKind, GroupMembers>>();
  readonly #observer: GroupObserver | undefined;

  constructor(observer?: GroupObserver) {
    this.#observer = observer;
  }

  add(group: string, receiver: Receiver): void {
    let lanes = this.#groups.get(group);
    if (lanes === undefined) {
      lanes = new Map();
      this.#groups.set(group, lanes);
      this.#observer?.onFirst(group);
    }
    let lane = lanes.get(receiver.kind);
    if (lane === undefined) {
      lane = receiver.kind.createMembers();
      lanes.set(receiver.kind, lane);
    }
    lane.add(receiver);
  }

  discard(group: string, receiver: Receiver): void {
    const lanes = this.#groups.get(group);
    const lane = lanes?.get(receiver.kind);
    if (lanes === undefined || lane === undefined) return;
    lane.delete(receiver);
    this.#forgetEmpty(group, lanes, receiver.kind, lane);
  }

  /** @returns how many members had no room. */
  deliver(group: string, message: ChannelMessage, except?: Receiver): number {
    const lanes = this.#groups.get(group);
    if (lanes === undefined) return 0;
    let missed = 0;
    for (const [kind, lane] of lanes) {
      missed += lane.deliver(message, except);
      this.#forgetEmpty(group, lanes, kind, lane);
    }
    return missed;
  }

  /** The groups that have members here, as they are now. */
  names(): readonly string[] {
    return [...this.#groups.keys()];
  }

  /** Whether a group has members here. */
  has(group: string): boolean {
    return this.#groups.has(group);
  }

  clear(): void {
    const groups = [...this.#groups.keys()];
    this.#groups.clear();
    for (const group of groups) this.#observer?.onLast(group);
  }

  /** How many groups have a member here. */
  get size(): number {
    return this.#groups.size;
  }

  #forgetEmpty(group: string, lanes: Map<ReceiverKind, GroupMembers>, kind: ReceiverKind, lane: GroupMembers): void {
    // Receivers may leave and join while they are delivered to: the group may have ended since, and begun anew.
    if (lane.size > 0 || lanes.get(kind) !== lane) return;
    lanes.delete(kind);
    if (lanes.size > 0 || this.#groups.get(group) !== lanes) return;
    this.#groups.delete(group);
    this.#observer?.onLast(group);
  }
}
