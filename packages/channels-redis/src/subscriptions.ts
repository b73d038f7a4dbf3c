/** Which groups this process listens to: those that have members here, and no others. */
import type { ChannelMessage, Receiver } from "@lobby/channels";
import { LocalGroups } from "@lobby/channels/layers";
import type { RedisConnection, TopicListener } from "./connection.ts";
import type { Keys } from "./keys.ts";

/** What the layer does for its subscriptions. */
export interface SubscriptionsOwner {
  /** The receiver of a channel, when it is one of this process. */
  readonly findReceiver: (channel: string) => Receiver | undefined;
  /** Some members had no room for a message. */
  readonly onMissed: (message: ChannelMessage, group: string, count: number) => void;
}

interface Subscription {
  readonly listener: TopicListener;
  readonly isReady: Promise<void>;
}

/** See the head of this file. */
export class Subscriptions {
  readonly groups: LocalGroups;
  readonly #connection: RedisConnection;
  readonly #keys: Keys;
  readonly #owner: SubscriptionsOwner;
  readonly #subscriptions = new Map<string, Subscription>();

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
    await this.#subscriptions.get(group)?.isReady;
  }

  #begin(group: string): void {
    const listener: TopicListener = (text) => {
      // Ahead of the message stands the name of the channel that is left out, if any.
      const nameEnd = text.indexOf("{");
      const message = JSON.parse(text.slice(nameEnd)) as ChannelMessage;
      const except = nameEnd === 0 ? undefined : this.#owner.findReceiver(decodeURIComponent(text.slice(0, nameEnd)));
      const missed = this.groups.deliver(group, message, except);
      if (missed > 0) this.#owner.onMissed(message, group, missed);
    };
    const isReady = this.#connection.subscribe(this.#keys.groupTopic(group), listener);
    // Whoever waits for it is told; nobody may be waiting.
    isReady.catch(() => undefined);
    this.#subscriptions.set(group, { listener, isReady });
  }

  #end(group: string): void {
    const subscription = this.#subscriptions.get(group);
    this.#subscriptions.delete(group);
    if (subscription !== undefined) this.#connection.unsubscribe(this.#keys.groupTopic(group), subscription.listener);
  }
}
