/** A channel that this process receives from. It gets its name when code first reads the name. */
import { quote } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import type { LocalGroups } from "./groups.ts";
import type { Channel, ChannelMessage, Receiver } from "./layer.ts";
import { TinySet } from "../internal/tiny-set.ts";
import type { LocalMembers } from "./local-members.ts";
import { Mailbox } from "./mailbox.ts";

/** The registry of a channel: the channels and groups of its process. */
export interface ChannelRegistry {
  readonly groups: LocalGroups;
  /** Returns a new unique name. */
  makeName(): string;
  /** Makes the channel reachable by a name. */
  register(name: string, channel: LocalChannel): void;
  /** Makes a name unreachable. */
  unregister(name: string): void;
  /** Counts and reports a message that members of a local group had no capacity for. */
  countMissed(message: ChannelMessage, count: number): void;
}

/** A channel of this process, with its groups. */
export class LocalChannel implements Channel {
  readonly receiver: Receiver;
  readonly registry: ChannelRegistry;
  /** The names of its groups, and the members of its local groups. */
  readonly #groups = new TinySet<string | LocalMembers>();
  #name: string | undefined;
  #isClosed = false;

  /** @param name The name of a worker's channel. Default: a unique name. */
  constructor(registry: ChannelRegistry, receiver: Receiver, name?: string) {
    this.registry = registry;
    this.receiver = receiver;
    if (name !== undefined) this.#register(name);
  }

  get name(): string {
    return this.#name ?? this.#register(this.registry.makeName());
  }

  /** Joins a group of the layer, by name, or a local group. Does nothing when the channel is closed. */
  join(group: string | LocalMembers): void {
    if (this.#isClosed) return;
    this.renewLease();
    this.#groups.add(group);
    if (typeof group === "string") this.registry.groups.add(group, this.receiver);
    else group.add(this.receiver);
  }

  leave(group: string | LocalMembers): void {
    this.#groups.delete(group);
    if (typeof group === "string") this.registry.groups.discard(group, this.receiver);
    else group.discard(this.receiver);
  }

  /** Renews the lease of a mailbox. The memberships of an expired lease end first. */
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
    this.registry.unregister(this.#name);
    if (this.receiver instanceof Mailbox) {
      this.receiver.close(
        new ConfigurationError(`The channel ${quote(this.#name)} is closed. Receive from an open channel.`),
      );
    }
  }

  #register(name: string): string {
    this.#name = name;
    // Reading the name of a closed channel must not register it again.
    if (!this.#isClosed) this.registry.register(name, this);
    return name;
  }

  #leaveAll(): void {
    for (const group of this.#groups) this.leave(group);
  }
}
