/** Leases, endings and processes that go wrong. */
import type { ChannelLayer } from "@lobby/channels";
import { never, nothing, numberOf, type Fault, type Message } from "./fault.ts";

const LASTING: readonly Fault[] = [
  {
    title: "keeps members for ever",
    caughtBy: ["sends to a channel in a group until nobody has received"],
    limits: (limits) => ({ ...limits, leaseMs: 600_000 }),
  },
  {
    title: "counts leases from the joining",
    caughtBy: [
      "sends to a channel in a group until nobody has received",
      "keeps a channel in its groups for as long as somebody waits",
      "keeps a channel with a receiver in its groups",
      "keeps a named channel in its groups for as long as any process waits",
    ],
    overrides(layer, { hub, limits }) {
      const joined = new Map<Parameters<ChannelLayer["groupAdd"]>[1], number>();
      return {
        async groupAdd(group, channel) {
          joined.set(channel, hub.nowMs);
          await layer.groupAdd(group, channel);
        },
        async groupSend(group, message, options) {
          for (const [channel, atMs] of joined) {
            if (hub.nowMs - atMs >= limits.leaseMs) await layer.groupDiscard(group, channel);
          }
          await layer.groupSend(group, message, options);
        },
      };
    },
  },
  {
    title: "ends a membership with a wait that outlasted its lease and was served",
    caughtBy: ["keeps a channel in its groups for as long as somebody waits"],
    overrides: (layer, { hub, limits }) => ({
      async receive(channel, options) {
        const fromMs = hub.nowMs;
        const message = await layer.receive(channel, options);
        if (hub.nowMs - fromMs >= limits.leaseMs) await layer.groupDiscard("group", channel);
        return message;
      },
    }),
  },
  {
    title: "ends a membership with a wait that outlasted its lease and was given up",
    caughtBy: ["keeps a channel in its groups when somebody has just given up waiting"],
    overrides: (layer, { hub, limits }) => ({
      receive(channel, options) {
        const fromMs = hub.nowMs;
        return layer.receive(channel, options).catch(async (error: unknown) => {
          if (hub.nowMs - fromMs >= limits.leaseMs) await layer.groupDiscard("group", channel);
          throw error;
        });
      },
    }),
  },
  {
    title: "does not renew the lease of who joins again",
    caughtBy: ["begins the lease of a channel that joins again anew"],
    overrides(layer) {
      const joined = new Set<unknown>();
      return {
        async groupAdd(group, channel) {
          if (!joined.has(channel)) await layer.groupAdd(group, channel);
          joined.add(channel);
        },
      };
    },
  },
  {
    title: "brings back memberships that have ended when somebody receives",
    caughtBy: ["does not bring back a membership whose lease has ended"],
    overrides(layer) {
      const joined = new Set<unknown>();
      return {
        async groupAdd(group, channel) {
          joined.add(channel);
          await layer.groupAdd(group, channel);
        },
        async receive(channel, options) {
          if (joined.has(channel)) await layer.groupAdd("group", channel);
          return layer.receive(channel, options);
        },
      };
    },
  },
  {
    title: "cannot be flushed",
    caughtBy: ["forgets every waiting message", "forgets what every process waits for"],
    overrides: () => ({ flush: nothing }),
  },
  {
    title: "wakes nobody when it is closed",
    caughtBy: ["wakes everybody who waits"],
    overrides: (layer) => ({ receive: (channel) => Promise.race([layer.receive(channel).catch(never), never()]) }),
  },
  ...(["newChannel", "send", "receive", "groupAdd", "groupDiscard", "groupSend", "flush"] as const).map(
    (call): Fault => ({
      title: `can be closed, and ${call} works on`,
      caughtBy: ["wakes everybody who waits"],
      overrides(layer) {
        let isClosed = false;
        return {
          close() {
            isClosed = true;
            return layer.close();
          },
          [call]: (...args: readonly unknown[]) =>
            isClosed ? nothing() : (layer[call] as (...args: readonly unknown[]) => unknown)(...args),
        };
      },
    }),
  ),
];

const PROCESSES: readonly Fault[] = [
  {
    title: "gives the second process the messages in another order",
    caughtBy: ["brings the messages of a group to the members in every process"],
    overrides: (layer, { index }) => ({
      async receive(channel, options) {
        const first = await layer.receive(channel, options);
        if (index === 0 || numberOf(first) !== 50) return first;
        const second = await layer.receive(channel, options);
        await layer.send(channel, first);
        return second;
      },
    }),
  },
  {
    title: "does not reach other processes",
    caughtBy: ["reaches a channel of another process", "takes in a process that begins later"],
    overrides: (layer, { index }) => ({
      send: (channel, message) => (index === 0 ? nothing() : layer.send(channel, message)),
      groupSend: (group, message) => (index === 0 ? nothing() : layer.groupSend(group, message)),
    }),
  },
  {
    title: "gives each process a message of a named channel",
    caughtBy: ["gives each message of a named channel to one process"],
    overrides: (layer) => ({
      async send(channel, message) {
        await layer.send(channel, message);
        if (channel === "worker") await layer.send(channel, message);
      },
    }),
  },
  {
    title: "knows no channel of another process to leave out",
    caughtBy: ["leaves a member out of a group's message wherever it is"],
    overrides: (layer) => ({ groupSend: (group, message) => layer.groupSend(group, message) }),
  },
  {
    title: "stays in its groups when it is closed",
    caughtBy: ["hands nothing to a process that has closed it"],
    overrides: () => ({ close: nothing }),
  },
  {
    title: "takes with it what it is just taking",
    caughtBy: ["gives back what it is just taking"],
    overrides(layer) {
      const closing = Promise.withResolvers<never>();
      closing.promise.catch(() => undefined);
      return {
        receive: (channel) => Promise.race([layer.receive(channel), closing.promise]),
        close: async () => closing.reject(new Error("closed")),
      };
    },
  },
  {
    title: "stays away when its backend comes back",
    caughtBy: ["comes back by itself"],
    overrides: (layer, { hasRestarted }) => ({
      groupSend: (group, message) => (hasRestarted() ? nothing() : layer.groupSend(group, message)),
    }),
  },
  {
    title: "waits for a backend that is gone without a word",
    caughtBy: ["comes back by itself"],
    overrides: (layer) => ({
      receive: (channel, options) => layer.receive(channel, { ...options, onUnavailable: () => undefined }),
    }),
  },
  {
    title: "reports no gap",
    caughtBy: ["reports the gap"],
    overrides: () => ({ onGap: () => () => undefined }),
  },
  {
    title: "reports gaps to a listener that was removed",
    caughtBy: ["reports the gap"],
    overrides: (layer) => ({
      onGap(listener) {
        layer.onGap(listener);
        return () => undefined;
      },
    }),
  },
  {
    title: "sends again what was sent before its backend died",
    caughtBy: ["comes back by itself"],
    overrides(layer, { hasRestarted }) {
      let last: Message | undefined;
      let isRepeated = false;
      return {
        async groupSend(group, message) {
          if (hasRestarted() && !isRepeated && last !== undefined) {
            isRepeated = true;
            await layer.groupSend(group, last);
          }
          last = message;
          await layer.groupSend(group, message);
        },
      };
    },
  },
];

/** See the head of this file. */
export const LASTING_FAULTS: readonly Fault[] = [...LASTING, ...PROCESSES];
