import type { Channel, GroupSendOptions, SentMessage } from "@lobby/channels";
import { channelNameOf, type Drops, type LocalChannels } from "@lobby/channels/layers";
import { groupHeader } from "./envelopes.ts";
import type { Keys } from "./keys.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { joinGroup, sendToGroup } from "./scripts.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** Options of the groups. */
export interface RedisGroupsOptions {
  readonly connection: RedisConnection;
  readonly keys: Keys;
  readonly channels: LocalChannels;
  readonly subscriptions: Subscriptions;
  readonly drops: Drops;
  readonly capacity: number;
  readonly expiryMs: number;
  readonly leaseMs: number;
}

/** The groups of a layer. Channels of this process join them in its memory, and named channels join them in Redis. */
export class RedisGroups {
  readonly #options: RedisGroupsOptions;

  constructor(options: RedisGroupsOptions) {
    this.#options = options;
  }

  async add(group: string, channel: Channel | string, joinWhileAway: boolean): Promise<void> {
    const { connection, keys, channels, subscriptions, leaseMs } = this.#options;
    const member = channels.member(channel);
    if (typeof member === "string") {
      await connection.outgoing.run(
        joinGroup,
        [keys.groupQueues(group), keys.lease(member)],
        [member, String(leaseMs)],
      );
      return;
    }
    member?.join(group);
    try {
      await subscriptions.whenSubscribed(group, joinWhileAway);
    } catch (error) {
      member?.leave(group);
      throw error;
    }
  }

  async discard(group: string, channel: Channel | string): Promise<void> {
    const { connection, keys, channels } = this.#options;
    const member = channels.member(channel);
    if (typeof member !== "string") member?.leave(group);
    else await connection.outgoing.command(["HDEL", keys.groupQueues(group), member]);
  }

  /** Sends a message to a group. `messageText` is the encoded message. */
  async send(group: string, { type }: SentMessage, messageText: string, options: GroupSendOptions): Promise<void> {
    const { connection, keys, drops, capacity, expiryMs } = this.#options;
    const except = options.except === undefined ? "" : channelNameOf(options.except);
    const ofQueues = [keys.lease(""), keys.queue(""), keys.queueTopic(""), String(capacity), String(expiryMs)];
    const [full, expired] = await connection.outgoing.run(
      sendToGroup,
      [keys.groupQueues(group)],
      [keys.groupTopic(group), messageText, except, groupHeader(except), ...ofQueues],
    );
    drops.add("full", type, group, full);
    drops.add("expired", undefined, undefined, expired);
  }
}
