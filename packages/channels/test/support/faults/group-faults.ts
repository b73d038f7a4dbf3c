/** Groups that go wrong. */
import { ConfigurationError, type Channel, type ChannelLayer } from "@lobby/channels";
import { closingWith, nothing, numberOf, type Fault } from "./fault.ts";

/** See the head of this file. */
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
    title: `${call} does nothing for a channel of another process, and says nothing`,
    caughtBy: ["puts a channel of another process into a group"],
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
    title: "remembers who has left",
    caughtBy: ["sends to those who are in the group at that moment", "makes no difference between joining once"],
    overrides: () => ({ groupDiscard: nothing }),
  },
  {
    title: "makes a new member wait for its first message",
    caughtBy: ["sends to those who are in the group at that moment", "misses nobody when the last member leaves"],
    overrides: (layer) => ({
      async groupAdd(group, channel) {
        setTimeout(() => void layer.groupAdd(group, channel).catch(() => undefined), 20);
      },
    }),
  },
  {
    title: "stops listening to a group that has a new member already",
    caughtBy: ["misses nobody when the last member leaves as the next one joins"],
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
    title: "loses what is sent while somebody joins",
    caughtBy: ["loses nothing for those who stay while others come and go"],
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
    title: "takes who joins twice for two",
    caughtBy: ["makes no difference between joining once and twice"],
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
    caughtBy: ["keeps groups apart", "tells names apart"],
    overrides: (layer) => ({
      groupAdd: (_, channel) => layer.groupAdd("all", channel),
      groupSend: (_, message, options) => layer.groupSend("all", message, options),
    }),
  },
  {
    title: "leaves nobody out",
    caughtBy: [
      "leaves out of a group's message the channel that is named by its channel",
      "leaves out of a group's message the channel that is named by its name",
      "leaves a named channel out",
    ],
    overrides: (layer) => ({ groupSend: (group, message) => layer.groupSend(group, message) }),
  },
  {
    title: "sends nothing when who is left out is no member",
    caughtBy: ["minds no channel to leave out that is not in the group"],
    overrides: (layer) => ({
      groupSend: (group, message, options) =>
        options?.except === undefined ? layer.groupSend(group, message) : Promise.resolve(),
    }),
  },
  {
    title: "minds an empty group",
    caughtBy: ["sends to an empty group without an error"],
    overrides: () => ({ groupSend: () => Promise.reject(new ConfigurationError("Nobody is there.")) }),
  },
  {
    title: "sends to nobody when one member is full",
    caughtBy: ["lets members without room miss a message"],
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
    title: "counts one drop for a message, however many miss it",
    caughtBy: ["lets members without room miss a message"],
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
    caughtBy: ["lets a channel that is closed join no group"],
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
    caughtBy: ["takes a channel that is closed out of its groups"],
    overrides: (layer) => closingWith(nothing, layer),
  },
];
