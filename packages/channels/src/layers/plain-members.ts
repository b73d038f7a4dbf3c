/** The simplest kind of receivers: each receives a message separately. */
import type { ReceiverKind, ChannelMessage, GroupMembers, Receiver } from "./layer.ts";

/** The members of a group that receive each message separately. */
export class PlainMembers<Member extends Receiver = Receiver> implements GroupMembers {
  protected readonly members: Set<Member> = new Set();

  get size(): number {
    return this.members.size;
  }

  add(member: Member): void {
    this.members.add(member);
  }

  delete(member: Member): void {
    this.members.delete(member);
  }

  deliver(message: ChannelMessage, except?: Receiver): number {
    let missed = 0;
    for (const member of this.members) {
      if (member !== except && !member.deliver(message)) missed += 1;
    }
    return missed;
  }
}

/** The kind of receivers that receive each message separately. */
export const plainReceiverKind: ReceiverKind = { createMembers: () => new PlainMembers() };
