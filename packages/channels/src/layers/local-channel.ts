/** A channel that this process receives from. It gets its name when code first reads the name. */
import { quote } from "../describe-value.ts";
import { ConfigurationError } from "../errors.ts";
import type { LocalGroups } from "./groups.ts";
import type { Channel, Receiver } from "./layer.ts";
import { TinySet } from "../internal/tiny-set.ts";
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
}

/** A channel of this process, with its groups. */
export class LocalChannel implements Channel {
  readonly receiver: Receiver;
  readonly #registry: ChannelRegistry;
  readonly #groups = new TinySet<string>();
  #name: string | undefined;
  #isClosed = false;

  /** @param name The name of a worker's channel. Default: a unique name. */
  constructor(registry: ChannelRegistry, receiver: Receiver, name?: string) {
    this.#registry = registry;
    this.receiver = receiver;
    if (name !== undefined) this.#register(name);
  }

  get name(): string {
    return this.#name ?? this.#register(this.#registry.makeName());
  }

  /** Returns whether this registry created the channel. */
  isOf(registry: ChannelRegistry): boolean {
    return this.#registry === registry;
  }

  join(group: string): void {
    if (this.#isClosed) return;
    this.renewLease();
    this.#groups.add(group);
    this.#registry.groups.add(group, this.receiver);
  }

  leave(group: string): void {
    this.#groups.delete(group);
    this.#registry.groups.discard(group, this.receiver);
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
    this.#registry.unregister(this.#name);
    if (this.receiver instanceof Mailbox) {
      this.receiver.close(
        new ConfigurationError(`The channel ${quote(this.#name)} is closed. Receive from an open channel.`),
      );
    }
  }

  #register(name: string): string {
    this.#name = name;
    // Reading the name of a closed channel must not register it again.
    if (!this.#isClosed) this.#registry.register(name, this);
    return name;
  }

  #leaveAll(): void {
    for (const group of this.#groups) this.leave(group);
  }
}
