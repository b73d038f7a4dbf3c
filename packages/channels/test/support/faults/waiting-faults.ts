/** Waiting and limits that go wrong. */
import { ChannelFullError } from "@lobby/channels";
import { closingWith, never, nothing, type Fault } from "./fault.ts";

const WAITING: readonly Fault[] = [
  {
    title: "gives every message to whoever asked first",
    caughtBy: ["gives each message to one of several who wait"],
    overrides(layer) {
      const busy = new Set<string>();
      return {
        async receive(channel, options) {
          if (busy.has(channel)) return never();
          busy.add(channel);
          return layer.receive(channel, options).finally(() => busy.delete(channel));
        },
      };
    },
  },
  {
    title: "does not tell that it listens",
    caughtBy: ["says that it listens"],
    overrides: (layer) => ({ receive: (channel, { signal } = {}) => layer.receive(channel, signal && { signal }) }),
  },
  {
    title: "says that it listens when a message is there",
    caughtBy: ["says that it listens"],
    overrides: (layer) => ({
      receive(channel, { onListening, ...options } = {}) {
        onListening?.();
        return layer.receive(channel, options);
      },
    }),
  },
  {
    title: "takes a message for a signal that is aborted",
    caughtBy: ["takes nothing for a signal that is aborted already"],
    overrides: (layer) => ({
      async receive(channel, options) {
        if (options?.signal?.aborted === true) await layer.receive(channel);
        return layer.receive(channel, options);
      },
    }),
  },
  {
    title: "ends every wait when one gives up",
    caughtBy: ["ends the wait whose signal is aborted with its reason, and no other"],
    overrides(layer) {
      const all = new AbortController();
      return {
        receive(channel, { signal } = {}) {
          signal?.addEventListener("abort", () => all.abort(signal.reason));
          return layer.receive(channel, { signal: all.signal });
        },
      };
    },
  },
  {
    title: "takes a message for somebody who gave up",
    caughtBy: ["loses nothing when a receive is aborted", "ends the wait whose signal is aborted"],
    overrides: (layer) => ({
      async receive(channel, { signal } = {}) {
        signal?.throwIfAborted();
        const gaveUp = Promise.withResolvers<never>();
        signal?.addEventListener("abort", () => gaveUp.reject(signal.reason as Error));
        return Promise.race([layer.receive(channel), gaveUp.promise]);
      },
    }),
  },
  {
    title: "lets who waits hang when the channel is closed",
    caughtBy: ["ends a wait when its channel is closed"],
    overrides: (layer) => closingWith(nothing, layer),
  },
  {
    title: "lets anybody wait on a channel of somebody else",
    caughtBy: ["refuses to receive from a channel of somebody else"],
    overrides: () => ({ receive: never }),
  },
];

const LIMITS: readonly Fault[] = [
  {
    title: "has no capacity",
    caughtBy: ["refuses a message to a channel whose capacity waits", "lets members without room miss a message"],
    limits: (limits) => ({ ...limits, capacity: limits.capacity * 10 }),
  },
  {
    title: "shares its capacity among its channels",
    caughtBy: ["gives each channel a capacity of its own"],
    overrides(layer, { limits }) {
      let waiting = 0;
      return {
        async send(channel, message) {
          if (waiting >= limits.capacity) throw new ChannelFullError(channel, limits.capacity);
          await layer.send(channel, message);
          waiting += 1;
        },
        receive: (channel, options) =>
          layer.receive(channel, options).finally(() => {
            waiting -= 1;
          }),
      };
    },
  },
  {
    title: "keeps messages for ever",
    caughtBy: ["keeps a message for the time of its expiry"],
    limits: (limits) => ({ ...limits, expiryMs: 600_000 }),
  },
  {
    title: "drops what has expired only when something is sent",
    caughtBy: ["drops and counts what has expired when somebody receives"],
    overrides(layer, { hub }) {
      let sentAtMs = 0;
      return {
        send(channel, message) {
          sentAtMs = hub.nowMs;
          return layer.send(channel, message);
        },
        receive(channel, options) {
          const { nowMs } = hub;
          hub.nowMs = sentAtMs;
          const received = layer.receive(channel, options);
          hub.nowMs = nowMs;
          return received;
        },
      };
    },
  },
  {
    title: "loses messages before their time",
    caughtBy: ["keeps a message for the time of its expiry"],
    limits: (limits) => ({ ...limits, expiryMs: Math.floor(limits.expiryMs / 4) }),
  },
  {
    title: "carries messages of any size",
    caughtBy: ["refuses a message that is larger than its limit"],
    limits: (limits) => ({ ...limits, maxMessageBytes: 1_000_000_000 }),
  },
  {
    title: "measures messages in code units",
    caughtBy: ["refuses a message that is larger than its limit"],
    limits: (limits) => ({ ...limits, maxMessageBytes: 2 * (limits.maxMessageBytes ?? 0) }),
  },
];

/** See the head of this file. */
export const WAITING_FAULTS: readonly Fault[] = [...WAITING, ...LIMITS];
