/** Names and messages that go wrong. */
import { InvalidNameError, type ChannelLayer } from "@lobby/channels";
import { closingWith, nothing, numberOf, type Fault, type Message } from "./fault.ts";

/** Names that come out of this are the same for the layer. */
function confusing(confuse: (name: string) => string, layer: ChannelLayer): Partial<ChannelLayer> {
  const named = (name: string): string => (typeof name === "string" && !name.includes("!") ? confuse(name) : name);
  return {
    send: (channel, message) => layer.send(named(channel), message),
    receive: (channel, options) => layer.receive(named(channel), options),
    groupAdd: (group, channel) => layer.groupAdd(named(group), channel),
    groupDiscard: (group, channel) => layer.groupDiscard(named(group), channel),
    groupSend: (group, message, options) => layer.groupSend(named(group), message, options),
  };
}

const NAMES: readonly Fault[] = [
  {
    title: "refuses names of 100 code units",
    caughtBy: ["takes any well-formed text"],
    overrides: (layer) => ({
      async send(channel, message) {
        if (channel.length >= 100) throw new InvalidNameError("channel", channel, "is shorter than 100");
        await layer.send(channel, message);
      },
    }),
  },
  ...[
    (name: string) => name.toLowerCase(),
    (name: string) => name.trim(),
    (name: string) => name.normalize("NFC"),
    (name: string) => name.replaceAll("*", ""),
  ].map((confuse): Fault => ({
    title: `takes ${String(confuse)} for the same as name`,
    caughtBy: ["tells names apart"],
    overrides: (layer) => confusing(confuse, layer),
  })),
  {
    title: "has one space of names for channels and groups",
    caughtBy: ["tells names apart"],
    overrides: (layer) => ({
      async groupSend(group, message, options) {
        await layer.groupSend(group, message, options);
        await layer.send(group, message);
      },
    }),
  },
  ...(["send", "receive", "groupAdd", "groupDiscard", "groupSend"] as const).map((call): Fault => ({
    title: `${call} takes an empty name`,
    caughtBy: ["refuses any other name"],
    overrides: (layer) => ({
      [call]: async (name: string, ...rest: readonly [never, never]) =>
        name === "" ? undefined : (layer[call] as (...args: unknown[]) => unknown)(name, ...rest),
    }),
  })),
  ...(["send", "groupSend"] as const).map((call): Fault => ({
    title: `${call} takes a message without a type`,
    caughtBy: ["refuses a message without a type"],
    overrides: (layer) => ({
      [call]: async (name: string, message: Message) => (message?.type === "" ? undefined : layer[call](name, message)),
    }),
  })),
  ...(["send", "groupSend"] as const).map((call): Fault => ({
    title: `${call} makes something else of bytes`,
    caughtBy: ["refuses a message with what JSON would make something else of"],
    overrides: (layer) => ({
      [call]: async (name: string, message: Message) => {
        const { value } = message as { readonly value?: unknown };
        await (value instanceof Uint8Array ? undefined : layer[call](name, message));
      },
    }),
  })),
  ...(["send", "groupSend"] as const).map((call): Fault => ({
    title: `${call} makes null of undefined in a list`,
    caughtBy: ["refuses a message with what JSON would make something else of"],
    overrides: (layer) => ({
      [call]: async (name: string, message: Message) => {
        const { value } = message as { readonly value?: unknown };
        const isHollow = Array.isArray(value) && value[0] === undefined;
        await layer[call](name, isHollow ? { ...message, value: [null] } : message);
      },
    }),
  })),
  {
    title: "receive takes any option",
    caughtBy: ["refuses an option that is none"],
    overrides: (layer) => ({
      receive: (channel, { signal } = {}) => layer.receive(channel, signal === undefined ? {} : { signal }),
    }),
  },
  {
    title: "groupSend takes any option",
    caughtBy: ["refuses an option that is none"],
    overrides: (layer) => ({ groupSend: (group, message) => layer.groupSend(group, message) }),
  },
  {
    title: "gives a name twice",
    caughtBy: ["gives every channel it makes a name of its own"],
    overrides: () => ({ newChannel: () => ({ name: "same!1", close: nothing }) }),
  },
];

const MESSAGES: readonly Fault[] = [
  {
    title: "loses what is false",
    caughtBy: ["brings messages as they were sent"],
    overrides: (layer) => ({
      send: (channel, message) =>
        layer.send(
          channel,
          JSON.parse(JSON.stringify(message, (_, value: unknown) => (value === false ? undefined : value))) as Message,
        ),
    }),
  },
  {
    title: "cuts what is long",
    caughtBy: ["brings a message of 1 MB"],
    overrides: (layer) => ({
      send: (channel, message) =>
        layer.send(
          channel,
          JSON.parse(
            JSON.stringify(message, (_, value: unknown) =>
              typeof value === "string" ? value.slice(0, 65_536) : value,
            ),
          ) as Message,
        ),
    }),
  },
  {
    title: "swaps two messages",
    caughtBy: ["keeps the order in which one sender sends to one channel", "keeps what one sender sends in line"],
    overrides(layer) {
      let held: Message | undefined;
      return {
        async send(channel, message) {
          if (numberOf(message) === 99) {
            held = message;
            return;
          }
          await layer.send(channel, message);
          if (held === undefined) return;
          await layer.send(channel, held);
          held = undefined;
        },
      };
    },
  },
  {
    title: "lets groups overtake direct messages",
    caughtBy: ["keeps what one sender sends in line"],
    overrides: (layer) => ({
      async send(channel, message) {
        await Promise.resolve();
        await layer.send(channel, message);
      },
    }),
  },
  {
    title: "drops every fiftieth message",
    caughtBy: ["keeps the order in which", "hands messages to the receiver"],
    overrides(layer) {
      let count = 0;
      return {
        async send(channel, message) {
          count += 1;
          if (count % 50 !== 0) await layer.send(channel, message);
        },
      };
    },
  },
  {
    title: "does not push",
    caughtBy: ["hands messages to the receiver", "counts what a receiver refuses"],
    overrides: (layer) => ({ newChannel: () => layer.newChannel() }),
  },
  {
    title: "goes on pushing to a channel that is closed",
    caughtBy: ["hands messages to the receiver"],
    overrides: (layer) => closingWith(nothing, layer),
  },
  {
    title: "counts no drops",
    caughtBy: [
      "counts what a receiver refuses",
      "counts a message to a channel that no process has",
      "refuses a message to a channel whose capacity waits",
      "lets members without room miss a message",
      "counts what a channel of another process misses",
      "hands nothing to a process that has closed it",
    ],
    overrides: () => ({ dropped: 0 }),
  },
];

/** See the head of this file. */
export const NAME_FAULTS: readonly Fault[] = [...NAMES, ...MESSAGES];
