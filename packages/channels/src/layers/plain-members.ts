/** The simplest part of a group: every receiver in it is handed each message by itself. */
import type { ReceiverKind, ChannelMessage, GroupMembers, Receiver } from "./layer.ts";

/** See the head of this file. */
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

/** That of receivers which have no better way to serve many of them at once. */
export const plainReceiverKind: ReceiverKind = { createMembers: () => new PlainMembers() };
