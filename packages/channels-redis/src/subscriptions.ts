import type { ChannelMessage } from "@lobby/channels";
import { LayerClosedError, LocalGroups, type Receiver } from "@lobby/channels/layers";
import { decodeGroupEnvelope } from "./envelopes.ts";
import type { Keys } from "./keys.ts";
import type { RedisConnection } from "./redis-connection.ts";

/** The callbacks of the layer that owns the subscriptions. */
export interface SubscriptionsOwner {
  /** Returns the receiver of a channel of this process; undefined for any other channel. */
  readonly findReceiver: (channel: string) => Receiver | undefined;
  /** Called when members of a group had no capacity left. */
  readonly onMissed: (message: ChannelMessage, group: string, count: number) => void;
  /** Called for text that no layer has encoded. */
  readonly onMalformed: (group: string) => void;
}

/** The subscriptions of this process: one to the topic of each group with members in it. */
export class Subscriptions {
  readonly groups: LocalGroups;
  readonly #connection: RedisConnection;
  readonly #keys: Keys;
  readonly #owner: SubscriptionsOwner;
  /** One promise per group, which settles once its subscription is active or has failed. None for a later subscription. */
  readonly #subscribed = new Map<string, Promise<void>>();

  constructor(connection: RedisConnection, keys: Keys, owner: SubscriptionsOwner) {
    this.#connection = connection;
    this.#keys = keys;
    this.#owner = owner;
    this.groups = new LocalGroups({
      onFirst: (group) => this.#subscribe(group),
      onLast: (group) => this.#unsubscribe(group),
    });
  }

  /**
   * Resolves once the subscription to a group is active; at once for a group without members in this process.
   * @param joinWhileAway Whether the subscription may become active later, when the server is away.
   */
  async whenSubscribed(group: string, joinWhileAway: boolean): Promise<void> {
    const subscribed = this.#subscribed.get(group);
    try {
      await subscribed;
    } catch (error) {
      if (!joinWhileAway || this.#connection.incoming.isReady || error instanceof LayerClosedError) throw error;
      // The members may have left meanwhile, or another one has called `subscribeLater`.
      if (this.#subscribed.get(group) !== subscribed) return;
      this.#subscribed.delete(group);
      this.#connection.subscribeLater(this.#keys.groupTopic(group), (text) => this.#receive(group, text));
    }
  }

  #subscribe(group: string): void {
    const subscribed = this.#connection.subscribe(this.#keys.groupTopic(group), (text) => this.#receive(group, text));
    // `whenSubscribed` reports the error.
    subscribed.catch(() => undefined);
    this.#subscribed.set(group, subscribed);
  }

  #unsubscribe(group: string): void {
    this.#subscribed.delete(group);
    this.#connection.unsubscribe(this.#keys.groupTopic(group));
  }

  #receive(group: string, text: string): void {
    const envelope = decodeGroupEnvelope(text);
    if (envelope === undefined) {
      this.#owner.onMalformed(group);
      return;
    }
    const { except, message } = envelope;
    const missed = this.groups.deliver(group, message, except === "" ? undefined : this.#owner.findReceiver(except));
    if (missed > 0) this.#owner.onMissed(message, group, missed);
  }
}
