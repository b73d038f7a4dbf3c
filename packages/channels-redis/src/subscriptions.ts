/** Which groups this process listens to: those that have members here, and no others. */
import type { ChannelMessage } from "@lobby/channels";
import { LocalGroups } from "@lobby/channels/layers";
import type { RedisConnection, TopicListener } from "./connection.ts";
import type { Keys } from "./keys.ts";

interface Subscription {
  readonly listener: TopicListener;
  readonly isReady: Promise<void>;
}

/** See the head of this file. */
export class Subscriptions {
  readonly groups: LocalGroups;
  readonly #connection: RedisConnection;
  readonly #keys: Keys;
  readonly #onMissed: (message: ChannelMessage, group: string, count: number) => void;
  readonly #subscriptions = new Map<string, Subscription>();

  constructor(
    connection: RedisConnection,
    keys: Keys,
    onMissed: (message: ChannelMessage, group: string, count: number) => void,
  ) {
    this.#connection = connection;
    this.#keys = keys;
    this.#onMissed = onMissed;
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
      const message = JSON.parse(text) as ChannelMessage;
      const missed = this.groups.deliver(group, message);
      if (missed > 0) this.#onMissed(message, group, missed);
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
