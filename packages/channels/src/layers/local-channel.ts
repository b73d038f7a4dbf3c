/** A channel that this process receives from: its name, made when first asked for, and its groups. */
import { ConfigurationError, quote } from "../errors.ts";
import type { LocalGroups } from "./groups.ts";
import type { Channel, Receiver } from "./layer.ts";
import { TinySet } from "../internal/tiny-set.ts";
import { Mailbox } from "./mailbox.ts";

/** The process that a channel belongs to. */
export interface ChannelHome {
  readonly groups: LocalGroups;
  /** Returns a name that no channel had before. */
  makeName(): string;
  /** Makes the channel reachable by a name. */
  register(name: string, channel: LocalChannel): void;
  /** Makes a name unreachable. */
  forget(name: string): void;
}

/** See the head of this file. */
export class LocalChannel implements Channel {
  readonly receiver: Receiver;
  readonly #home: ChannelHome;
  readonly #groups = new TinySet<string>();
  #name: string | undefined;
  #isClosed = false;

  /** @param name That of a worker's channel; without one the channel gets a name of its own. */
  constructor(home: ChannelHome, receiver: Receiver, name?: string) {
    this.#home = home;
    this.receiver = receiver;
    if (name !== undefined) this.#register(name);
  }

  get name(): string {
    return this.#name ?? this.#register(this.#home.makeName());
  }

  /** Whether this is where it was made. */
  isOf(home: ChannelHome): boolean {
    return this.#home === home;
  }

  join(group: string): void {
    if (this.#isClosed) return;
    this.renewLease();
    this.#groups.add(group);
    this.#home.groups.add(group, this.receiver);
  }

  leave(group: string): void {
    this.#groups.delete(group);
    this.#home.groups.discard(group, this.receiver);
  }

  /** Begins the lease of a mailbox anew. When the last one has ended, so have its memberships. */
  renewLease(): void {
    if (!(this.receiver instanceof Mailbox)) return;
    if (!this.receiver.isAlive) this.#leaveAll();
    this.receiver.renewLease();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#leaveAll();
    if (this.#name === undefined) return;
    this.#home.forget(this.#name);
    if (this.receiver instanceof Mailbox) {
      this.receiver.close(new ConfigurationError(`Nobody can receive from ${quote(this.#name)}: it is closed.`));
    }
  }

  #register(name: string): string {
    this.#name = name;
    // A closed channel must not come to life again because somebody asks what it was called.
    if (!this.#isClosed) this.#home.register(name, this);
    return name;
  }

  #leaveAll(): void {
    for (const group of this.#groups) this.leave(group);
  }
}
