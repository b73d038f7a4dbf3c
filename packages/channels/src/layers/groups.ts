/** Keeps the members of each group in this process, so that a delivery needs no lookup by name. */
import type { ReceiverKind, ChannelMessage, GroupMembers, Receiver } from "./layer.ts";

/** An observer of the groups that have members in this process. */
export interface GroupObserver {
  /** Called when a group gets its first member. */
  readonly onFirst: (group: string) => void;
  /** Called when a group loses its last member. */
  readonly onLast: (group: string) => void;
}

/** The groups with members in this process. */
export class LocalGroups {
  readonly #groups = new Map<string, Map<ReceiverKind, GroupMembers>>();
  readonly #observer: GroupObserver | undefined;

  constructor(observer?: GroupObserver) {
    this.#observer = observer;
  }

  add(group: string, receiver: Receiver): void {
    let byKind = this.#groups.get(group);
    if (byKind === undefined) {
      byKind = new Map();
      this.#groups.set(group, byKind);
      this.#observer?.onFirst(group);
    }
    let members = byKind.get(receiver.kind);
    if (members === undefined) {
      members = receiver.kind.createMembers();
      byKind.set(receiver.kind, members);
    }
    members.add(receiver);
  }

  discard(group: string, receiver: Receiver): void {
    const byKind = this.#groups.get(group);
    const members = byKind?.get(receiver.kind);
    if (byKind === undefined || members === undefined) return;
    members.delete(receiver);
    this.#removeEmpty(group, byKind, receiver.kind, members);
  }

  /**
   * Delivers a message to the members of a group.
   * @returns the number of members that had no capacity left.
   */
  deliver(group: string, message: ChannelMessage, except?: Receiver): number {
    const byKind = this.#groups.get(group);
    if (byKind === undefined) return 0;
    let missed = 0;
    for (const [kind, members] of byKind) {
      missed += members.deliver(message, except);
      this.#removeEmpty(group, byKind, kind, members);
    }
    return missed;
  }

  /** Returns whether a group has members in this process. */
  has(group: string): boolean {
    return this.#groups.has(group);
  }

  clear(): void {
    const groups = [...this.#groups.keys()];
    this.#groups.clear();
    for (const group of groups) this.#observer?.onLast(group);
  }

  /** The number of groups with members in this process. */
  get size(): number {
    return this.#groups.size;
  }

  #removeEmpty(
    group: string,
    byKind: Map<ReceiverKind, GroupMembers>,
    kind: ReceiverKind,
    members: GroupMembers,
  ): void {
    // Receivers may leave and join during a delivery, so another group of this name may have replaced this one.
    if (members.size > 0 || byKind.get(kind) !== members) return;
    byKind.delete(kind);
    if (byKind.size > 0 || this.#groups.get(group) !== byKind) return;
    this.#groups.delete(group);
    this.#observer?.onLast(group);
  }
}
