/** The members of one group in this process, in one set per kind of receivers. */
import type { ChannelMessage, GroupMembers, Receiver, ReceiverKind } from "./layer.ts";

/** The members of one group in this process. Each kind of receivers receives a message together. */
export class LocalMembers {
  readonly #byKind = new Map<ReceiverKind, GroupMembers>();

  get size(): number {
    let size = 0;
    for (const members of this.#byKind.values()) size += members.size;
    return size;
  }

  get isEmpty(): boolean {
    return this.#byKind.size === 0;
  }

  add(receiver: Receiver): void {
    let members = this.#byKind.get(receiver.kind);
    if (members === undefined) {
      members = receiver.kind.createMembers();
      this.#byKind.set(receiver.kind, members);
    }
    members.add(receiver);
  }

  discard(receiver: Receiver): void {
    const members = this.#byKind.get(receiver.kind);
    if (members === undefined) return;
    members.delete(receiver);
    this.#removeEmpty(receiver.kind, members);
  }

  /**
   * Delivers a message to every member.
   * @returns the number of members that had no capacity left.
   */
  deliver(message: ChannelMessage, except?: Receiver): number {
    let missed = 0;
    for (const [kind, members] of this.#byKind) {
      missed += members.deliver(message, except);
      this.#removeEmpty(kind, members);
    }
    return missed;
  }

  #removeEmpty(kind: ReceiverKind, members: GroupMembers): void {
    // Receivers may leave and join during a delivery, so another set of this kind may have replaced this one.
    if (members.size === 0 && this.#byKind.get(kind) === members) this.#byKind.delete(kind);
  }
}
