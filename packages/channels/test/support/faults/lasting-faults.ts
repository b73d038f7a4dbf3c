/** Faults of leases, endings and processes. */
import type { ChannelLayer } from "@lobby/channels";
import { never, nothing, numberOf, type Fault, type Message } from "./fault.ts";

const LASTING: readonly Fault[] = [
  {
    title: "keeps members forever",
    caughtBy: ["keeps a channel in its groups until one lease after its last `receive`"],
    limits: (limits) => ({ ...limits, leaseMs: 600_000 }),
  },
  {
    title: "counts leases from the join only",
    caughtBy: [
      "keeps a channel in its groups until one lease after its last `receive`",
      "keeps a channel in its groups while a receive waits",
      "keeps a channel with a receiver in its groups without a lease",
      "keeps a named channel in its groups while a receive of any process waits",
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
    title: "ends a membership after a successful wait longer than its lease",
    caughtBy: ["keeps a channel in its groups while a receive waits"],
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
    title: "ends a membership after an aborted wait longer than its lease",
    caughtBy: ["keeps a channel in its groups for a lease after an aborted receive"],
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
    title: "does not renew the lease of a channel that joins again",
    caughtBy: ["renews the lease of a channel that joins again"],
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
    title: "restores ended memberships at a receive",
    caughtBy: ["does not restore an expired membership at the next receive"],
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
    caughtBy: [
      "removes every waiting message and every membership when a caller flushes it, and continues",
      "removes the messages and memberships of every process when one process flushes it",
    ],
    overrides: () => ({ flush: nothing }),
  },
  {
    title: "ends no receive when it is closed",
    caughtBy: ["ends every `receive` when a caller closes it, and refuses every later call"],
    overrides: (layer) => ({ receive: (channel) => Promise.race([layer.receive(channel).catch(never), never()]) }),
  },
  ...(["newChannel", "send", "receive", "groupAdd", "groupDiscard", "groupSend", "flush"] as const).map(
    (call): Fault => ({
      title: `accepts ${call} after it was closed`,
      caughtBy: ["ends every `receive` when a caller closes it, and refuses every later call"],
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
    title: "delivers messages to the second process in another order",
    caughtBy: ["delivers the messages of a group to the members in every process, in the same order"],
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
    caughtBy: ["reaches a channel of another process, and a named channel", "reaches a process that starts later"],
    overrides: (layer, { index }) => ({
      send: (channel, message) => (index === 0 ? nothing() : layer.send(channel, message)),
      groupSend: (group, message) => (index === 0 ? nothing() : layer.groupSend(group, message)),
    }),
  },
  {
    title: "delivers a message of a named channel twice",
    caughtBy: ["delivers each message of a named channel to one process"],
    overrides: (layer) => ({
      async send(channel, message) {
        await layer.send(channel, message);
        if (channel === "worker") await layer.send(channel, message);
      },
    }),
  },
  {
    title: "ignores an exception of another process",
    caughtBy: ["skips a member of another process that `except` names"],
    overrides: (layer) => ({ groupSend: (group, message) => layer.groupSend(group, message) }),
  },
  {
    title: "stays in its groups when it is closed",
    caughtBy: ["delivers no message to a process that has closed it, and counts messages to its channels as drops"],
    overrides: () => ({ close: nothing }),
  },
  {
    title: "loses the message that it is receiving when it is closed",
    caughtBy: ["keeps a message of a named channel when a process closes it during the `receive`"],
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
    title: "stays disconnected after its backend restarts",
    caughtBy: [
      "reconnects after a restart of its backend: members receive messages once and in order, and `receive` calls its hooks",
    ],
    overrides: (layer, { hasRestarted }) => ({
      groupSend: (group, message) => (hasRestarted() ? nothing() : layer.groupSend(group, message)),
    }),
  },
  {
    title: "does not call onUnavailable when its backend is gone",
    caughtBy: [
      "reconnects after a restart of its backend: members receive messages once and in order, and `receive` calls its hooks",
    ],
    overrides: (layer) => ({
      receive: (channel, options) => layer.receive(channel, { ...options, onUnavailable: () => undefined }),
    }),
  },
  {
    title: "reports no gap",
    caughtBy: ["reports the gap to every listener after a restart of its backend, except to a removed listener"],
    overrides: () => ({ onGap: () => () => undefined }),
  },
  {
    title: "reports gaps to a removed listener",
    caughtBy: ["reports the gap to every listener after a restart of its backend, except to a removed listener"],
    overrides: (layer) => ({
      onGap(listener) {
        layer.onGap(listener);
        return () => undefined;
      },
    }),
  },
  {
    title: "refuses every join while its backend is away",
    caughtBy: ["lets a channel join while its backend is away when the call allows it"],
    overrides: (layer) => ({ groupAdd: (group, channel) => layer.groupAdd(group, channel) }),
  },
  {
    title: "lets every channel join while its backend is away",
    caughtBy: ["lets a channel join while its backend is away when the call allows it"],
    overrides: (layer) => ({
      groupAdd: (group, channel) => layer.groupAdd(group, channel, { joinWhileAway: true }),
    }),
  },
  {
    title: "forgets the joins while its backend is away",
    caughtBy: ["lets a channel join while its backend is away when the call allows it"],
    overrides: (layer, { hub }) => ({
      groupAdd: (group, channel, options) =>
        hub.isAway && options?.joinWhileAway === true ? nothing() : layer.groupAdd(group, channel, options),
    }),
  },
  {
    title: "reports the gap before the channels receive that joined while its backend was away",
    caughtBy: ["lets a channel join while its backend is away when the call allows it"],
    overrides(layer, { hub }) {
      const late: (() => Promise<void>)[] = [];
      return {
        async groupAdd(group, channel, options) {
          const join = (): Promise<void> => layer.groupAdd(group, channel, options);
          if (hub.isAway && options?.joinWhileAway === true) late.push(join);
          else await join();
        },
        onGap: (listener) =>
          layer.onGap((gap) => {
            listener(gap);
            for (const join of late) void join();
          }),
      };
    },
  },
  {
    title: "keeps a channel that left while its backend was away",
    caughtBy: ["lets a channel join while its backend is away when the call allows it"],
    overrides: (layer, { hub }) => ({
      groupDiscard: (group, channel) => (hub.isAway ? nothing() : layer.groupDiscard(group, channel)),
    }),
  },
  {
    title: "repeats a message from before the restart of its backend",
    caughtBy: [
      "reconnects after a restart of its backend: members receive messages once and in order, and `receive` calls its hooks",
    ],
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

/** The faults of leases, endings and processes. */
export const LASTING_FAULTS: readonly Fault[] = [...LASTING, ...PROCESSES];
