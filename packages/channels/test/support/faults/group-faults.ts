/** Faults of groups. */
import { ConfigurationError } from "@lobby/channels/layers";
import type { Channel, ChannelLayer } from "@lobby/channels";
import { closingWith, nothing, numberOf, type Fault } from "./fault.ts";

/** The faults of groups. */
export const GROUP_FAULTS: readonly Fault[] = [
  {
    title: "sends to groups twice",
    caughtBy: ["sends to a group of 1:", "sends to a group of 10:"],
    overrides: (layer) => ({
      async groupSend(group, message, options) {
        await layer.groupSend(group, message, options);
        await layer.groupSend(group, message, options);
      },
    }),
  },
  {
    title: "forgets the last members of large groups",
    caughtBy: ["sends to a group of 10000:"],
    overrides(layer) {
      let count = 0;
      return {
        async groupAdd(group, channel) {
          count += 1;
          if (count < 10_000) await layer.groupAdd(group, channel);
        },
      };
    },
  },
  ...(["groupAdd", "groupDiscard"] as const).map((call): Fault => ({
    title: `ignores ${call} for a channel of another process without an error`,
    caughtBy: ["adds a channel of another process to a group and removes it, or throws"],
    overrides(layer) {
      const own = new Set<string>();
      return {
        newChannel(receiver) {
          const channel = layer.newChannel(receiver);
          own.add(channel.name);
          return channel;
        },
        async [call](group: string, channel: Channel | string) {
          const name = typeof channel === "string" ? channel : channel.name;
          if (own.has(name) || !name.includes("!")) await layer[call](group, channel);
        },
      };
    },
  })),
  {
    title: "keeps members that have left",
    caughtBy: [
      "sends to the current members of a group, and to no channel that joins later or has left",
      "treats joining twice as joining once, and allows a channel that is not a member to leave",
    ],
    overrides: () => ({ groupDiscard: nothing }),
  },
  {
    title: "adds a new member too late",
    caughtBy: [
      "sends to the current members of a group, and to no channel that joins later or has left",
      "reaches the next member when the last member leaves at the same time",
    ],
    overrides: (layer) => ({
      async groupAdd(group, channel) {
        setTimeout(() => void layer.groupAdd(group, channel).catch(() => undefined), 20);
      },
    }),
  },
  {
    title: "stops listening to a group that has a new member",
    caughtBy: ["reaches the next member when the last member leaves at the same time"],
    overrides(layer) {
      let member: Parameters<ChannelLayer["groupAdd"]>[1] | undefined;
      return {
        async groupAdd(group, channel) {
          member = channel;
          await layer.groupAdd(group, channel);
        },
        async groupDiscard(group, channel) {
          await layer.groupDiscard(group, channel);
          if (member !== undefined) await layer.groupDiscard(group, member);
        },
      };
    },
  },
  {
    title: "loses messages while a channel joins",
    caughtBy: ["loses no message of a member while other channels join and leave"],
    overrides(layer) {
      let isJoining = false;
      return {
        async groupAdd(group, channel) {
          isJoining = true;
          await Promise.resolve();
          await layer.groupAdd(group, channel);
          isJoining = false;
        },
        async groupSend(group, message, options) {
          if (!isJoining) await layer.groupSend(group, message, options);
        },
      };
    },
  },
  {
    title: "counts a member that joins twice as two",
    caughtBy: ["treats joining twice as joining once, and allows a channel that is not a member to leave"],
    overrides(layer) {
      const joined = new Set<unknown>();
      let times = 1;
      return {
        async groupAdd(group, channel) {
          const name = typeof channel === "string" ? channel : channel.name;
          if (joined.has(name)) times = 2;
          joined.add(name);
          await layer.groupAdd(group, channel);
        },
        async groupSend(group, message, options) {
          for (let time = 0; time < times; time += 1) await layer.groupSend(group, message, options);
        },
      };
    },
  },
  {
    title: "has one group",
    caughtBy: [
      "keeps groups apart, and allows a channel in several groups",
      "distinguishes names that look alike, and channels from groups of the same name",
    ],
    overrides: (layer) => ({
      groupAdd: (_, channel) => layer.groupAdd("all", channel),
      groupSend: (_, message, options) => layer.groupSend("all", message, options),
    }),
  },
  {
    title: "ignores the exception of a message",
    caughtBy: [
      "skips exactly the channel that `except` names by its channel",
      "skips exactly the channel that `except` names by its name",
      "skips a named channel that `except` names, for any name",
    ],
    overrides: (layer) => ({ groupSend: (group, message) => layer.groupSend(group, message) }),
  },
  {
    title: "sends nothing when the exception is not a member",
    caughtBy: ["accepts a channel in `except` that is not a member"],
    overrides: (layer) => ({
      groupSend: (group, message, options) =>
        options?.except === undefined ? layer.groupSend(group, message) : Promise.resolve(),
    }),
  },
  {
    title: "refuses a message to an empty group",
    caughtBy: ["sends to an empty group without an error"],
    overrides: () => ({ groupSend: () => Promise.reject(new ConfigurationError("The group is empty.")) }),
  },
  {
    title: "sends to no member when one is full",
    caughtBy: ["drops a group's message for each full member, without an error, and counts each drop"],
    overrides(layer) {
      let isFull = false;
      return {
        async groupSend(group, message, options) {
          if (!isFull) await layer.groupSend(group, message, options);
          isFull ||= numberOf(message) === 1;
        },
      };
    },
  },
  {
    title: "counts one drop per message, for any number of misses",
    caughtBy: ["drops a group's message for each full member, without an error, and counts each drop"],
    overrides(layer) {
      let uncounted = 0;
      return {
        get dropped() {
          return layer.dropped - uncounted;
        },
        async groupSend(group, message, options) {
          const before = layer.dropped;
          await layer.groupSend(group, message, options);
          uncounted += Math.max(0, layer.dropped - before - 1);
        },
      };
    },
  },
  ...(["opens a closed channel again", "refuses a closed channel"] as const).map((what): Fault => ({
    title: `${what} when it joins`,
    caughtBy: ["ignores the join of a closed channel, as a channel or by its name, without an error"],
    overrides(layer) {
      const closed = new Map<string, Parameters<ChannelLayer["newChannel"]>[0]>();
      return {
        newChannel(receiver) {
          const channel = layer.newChannel(receiver);
          const close = async (): Promise<void> => {
            await channel.close();
            closed.set(channel.name, receiver);
          };
          return { name: channel.name, close };
        },
        async groupAdd(group, channel) {
          const name = typeof channel === "string" ? channel : channel.name;
          if (!closed.has(name)) return layer.groupAdd(group, channel);
          if (what === "refuses a closed channel") throw new ConfigurationError("It is closed.");
          await layer.groupAdd(group, layer.newChannel(closed.get(name)));
        },
      };
    },
  })),
  {
    title: "keeps closed channels in their groups",
    caughtBy: ["removes a closed channel from its groups, and counts later direct messages as drops"],
    overrides: (layer) => closingWith(nothing, layer),
  },
];
