/** Faults of waits and limits. */
import { ChannelFullError } from "@lobby/channels";
import { closingWith, never, nothing, type Fault } from "./fault.ts";

const WAITING: readonly Fault[] = [
  {
    title: "delivers every message to the first receive",
    caughtBy: ["delivers each message to one of several `receive` calls"],
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
    title: "does not call onListening",
    caughtBy: ["calls onListening when no message waits, and delivers later messages"],
    overrides: (layer) => ({ receive: (channel, { signal } = {}) => layer.receive(channel, signal && { signal }) }),
  },
  {
    title: "calls onListening although a message waits",
    caughtBy: ["calls onListening when no message waits, and delivers later messages"],
    overrides: (layer) => ({
      receive(channel, { onListening, ...options } = {}) {
        onListening?.();
        return layer.receive(channel, options);
      },
    }),
  },
  {
    title: "takes a message for an aborted signal",
    caughtBy: ["takes no message for an aborted signal"],
    overrides: (layer) => ({
      async receive(channel, options) {
        if (options?.signal?.aborted === true) await layer.receive(channel);
        return layer.receive(channel, options);
      },
    }),
  },
  {
    title: "ends every wait when one is aborted",
    caughtBy: ["ends exactly the `receive` whose signal aborts, with the reason of the signal"],
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
    title: "takes a message for an aborted wait",
    caughtBy: [
      "loses no message when the signal of a `receive` aborts, at any moment",
      "ends exactly the `receive` whose signal aborts, with the reason of the signal",
    ],
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
    title: "keeps a receive waiting when its channel is closed",
    caughtBy: ["ends a `receive` when its channel closes, and drops and counts the waiting messages"],
    overrides: (layer) => closingWith(nothing, layer),
  },
  {
    title: "lets a process receive from a channel of another process",
    caughtBy: ["refuses to receive from a channel of another process"],
    overrides: () => ({ receive: never }),
  },
];

const LIMITS: readonly Fault[] = [
  {
    title: "has no capacity",
    caughtBy: [
      "refuses a message to a full channel, counts the drop, and keeps the waiting messages",
      "drops a group's message for each full member, without an error, and counts each drop",
    ],
    limits: (limits) => ({ ...limits, capacity: limits.capacity * 10 }),
  },
  {
    title: "shares its capacity among its channels",
    caughtBy: ["applies its capacity to each channel separately"],
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
    title: "keeps messages forever",
    caughtBy: ["keeps a message until it expires, then drops and counts it, and has room again"],
    limits: (limits) => ({ ...limits, expiryMs: 600_000 }),
  },
  {
    title: "drops expired messages only at the next send",
    caughtBy: ["drops and counts expired messages at a receive, also when nothing was sent since"],
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
    title: "drops messages before they expire",
    caughtBy: ["keeps a message until it expires, then drops and counts it, and has room again"],
    limits: (limits) => ({ ...limits, expiryMs: Math.floor(limits.expiryMs / 4) }),
  },
  {
    title: "accepts messages of any size",
    caughtBy: ["refuses a message whose JSON in UTF-8 is larger than its limit, and delivers one of exactly the limit"],
    limits: (limits) => ({ ...limits, maxMessageBytes: 1_000_000_000 }),
  },
  {
    title: "measures messages in code units",
    caughtBy: ["refuses a message whose JSON in UTF-8 is larger than its limit, and delivers one of exactly the limit"],
    limits: (limits) => ({ ...limits, maxMessageBytes: 2 * (limits.maxMessageBytes ?? 0) }),
  },
];

/** The faults of waits and limits. */
export const WAITING_FAULTS: readonly Fault[] = [...WAITING, ...LIMITS];
