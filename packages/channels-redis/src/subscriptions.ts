/** Which groups this process listens to: those that have members here, and no others. */
import type { ChannelMessage } from "@lobby/channels";
import { LocalGroups, type Receiver } from "@lobby/channels/layers";
import type { RedisConnection } from "./redis-connection.ts";
import type { Keys } from "./keys.ts";
import { decodeMessage } from "./message-codec.ts";

/** What the layer does for its subscriptions. */
export interface SubscriptionsOwner {
  /** The receiver of a channel, when it is one of this process. */
  readonly findReceiver: (channel: string) => Receiver | undefined;
  /** So many members of a group had no room. */
  readonly onMissed: (message: ChannelMessage, group: string, count: number) => void;
  /** Told of what no layer of ours has sent. */
  readonly onMalformed: (group: string) => void;
}

/** See the head of this file. */
export class Subscriptions {
  readonly groups: LocalGroups;
  readonly #connection: RedisConnection;
  readonly #keys: Keys;
  readonly #owner: SubscriptionsOwner;
  /** Settles when messages of the group come in, or cannot. */
  readonly #ready = new Map<string, Promise<void>>();

  constructor(connection: RedisConnection, keys: Keys, owner: SubscriptionsOwner) {
    this.#connection = connection;
    this.#keys = keys;
    this.#owner = owner;
    this.groups = new LocalGroups({
      onFirst: (group) => this.#begin(group),
      onLast: (group) => this.#end(group),
    });
  }

  /** Resolves when messages of the group come in; at once when nobody here is in it. */
  async ready(group: string): Promise<void> {
    await this.#ready.get(group);
  }

  #begin(group: string): void {
    const ready = this.#connection.subscribe(this.#keys.groupTopic(group), (text) => this.#receive(group, text));
    // Whoever waits for it is told; nobody may be waiting.
    ready.catch(() => undefined);
    this.#ready.set(group, ready);
  }

  #end(group: string): void {
    this.#ready.delete(group);
    this.#connection.unsubscribe(this.#keys.groupTopic(group));
  }

  #receive(group: string, text: string): void {
    const [left, message] = openParcel(text);
    if (message === undefined) {
      this.#owner.onMalformed(group);
      return;
    }
    const except = left === "" ? undefined : this.#owner.findReceiver(left);
    const missed = this.groups.deliver(group, message, except);
    if (missed > 0) this.#owner.onMissed(message, group, missed);
  }
}

/** Ahead of the message stands the name of the channel that is left out, if any. */
function openParcel(text: string): readonly [left: string, message: ChannelMessage | undefined] {
  const nameEnd = text.indexOf("{");
  try {
    return [decodeURIComponent(text.slice(0, nameEnd)), decodeMessage(text.slice(nameEnd))];
  } catch {
    return ["", undefined];
  }
}
