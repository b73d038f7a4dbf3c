/** A channel of this process: its name, made when first asked for, and its groups. */
import type { LocalGroups } from "./groups.ts";
import type { Channel, Receiver } from "./layer.ts";

/** What a layer does for the channels it made. */
export interface LocalChannelHome {
  readonly groups: LocalGroups;
  /** Makes the channel reachable by the name it returns. */
  nameChannel(channel: LocalChannel): string;
  /** Makes a name unreachable. */
  forget(name: string): void;
}

/** See the head of this file. */
export class LocalChannel implements Channel {
  readonly receiver: Receiver;
  readonly #home: LocalChannelHome;
  readonly #groups = new Set<string>();
  #name: string | undefined;
  #isClosed = false;

  constructor(home: LocalChannelHome, receiver: Receiver) {
    this.#home = home;
    this.receiver = receiver;
  }

  get name(): string {
    this.#name ??= this.#home.nameChannel(this);
    return this.#name;
  }

  join(group: string): void {
    if (this.#isClosed) return;
    this.#groups.add(group);
    this.#home.groups.add(group, this.receiver);
  }

  leave(group: string): void {
    this.#groups.delete(group);
    this.#home.groups.discard(group, this.receiver);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const group of this.#groups) this.leave(group);
    if (this.#name !== undefined) this.#home.forget(this.#name);
  }
}
