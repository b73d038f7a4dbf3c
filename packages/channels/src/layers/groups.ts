/** Keeps the members of each group in this process, so that a delivery needs no lookup by name. */
import type { ChannelMessage, Receiver } from "./layer.ts";
import { LocalMembers } from "./local-members.ts";

/** An observer of the groups that have members in this process. */
export interface GroupObserver {
  /** Called when a group gets its first member. */
  readonly onFirst: (group: string) => void;
  /** Called when a group loses its last member. */
  readonly onLast: (group: string) => void;
}

/** The groups with members in this process. */
export class LocalGroups {
  readonly #groups = new Map<string, LocalMembers>();
  readonly #observer: GroupObserver | undefined;

  constructor(observer?: GroupObserver) {
    this.#observer = observer;
  }

  add(group: string, receiver: Receiver): void {
    let members = this.#groups.get(group);
    if (members === undefined) {
      members = new LocalMembers();
      this.#groups.set(group, members);
      this.#observer?.onFirst(group);
    }
    members.add(receiver);
  }

  discard(group: string, receiver: Receiver): void {
    const members = this.#groups.get(group);
    if (members === undefined) return;
    members.discard(receiver);
    this.#removeEmpty(group, members);
  }

  /**
   * Delivers a message to the members of a group.
   * @returns the number of members that had no capacity left.
   */
  deliver(group: string, message: ChannelMessage, except?: Receiver): number {
    const members = this.#groups.get(group);
    if (members === undefined) return 0;
    const missed = members.deliver(message, except);
    this.#removeEmpty(group, members);
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

  #removeEmpty(group: string, members: LocalMembers): void {
    // Receivers may leave and join during a delivery, so another group of this name may have replaced this one.
    if (!members.isEmpty || this.#groups.get(group) !== members) return;
    this.#groups.delete(group);
    this.#observer?.onLast(group);
  }
}
