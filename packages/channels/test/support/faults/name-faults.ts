/** Faults of names and messages. */
import { InvalidNameError } from "../../../src/errors.ts";
import type { ChannelLayer } from "@lobby/channels";
import { closingWith, nothing, numberOf, type Fault, type Message } from "./fault.ts";

/** Makes a layer for which all names with one result of `confuse` are one name. */
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
    caughtBy: ["accepts any well-formed text of 1 to 512 code units as the name of a channel or a group"],
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
    title: `confuses a name with ${String(confuse)}`,
    caughtBy: ["distinguishes names that look alike, and channels from groups of the same name"],
    overrides: (layer) => confusing(confuse, layer),
  })),
  {
    title: "shares its names between channels and groups",
    caughtBy: ["distinguishes names that look alike, and channels from groups of the same name"],
    overrides: (layer) => ({
      async groupSend(group, message, options) {
        await layer.groupSend(group, message, options);
        await layer.send(group, message);
      },
    }),
  },
  ...(["send", "receive", "groupAdd", "groupDiscard", "groupSend"] as const).map((call): Fault => ({
    title: `accepts an empty name in ${call}`,
    caughtBy: ["refuses any other name in every call"],
    overrides: (layer) => ({
      [call]: async (name: string, ...rest: readonly [never, never]) =>
        name === "" ? undefined : (layer[call] as (...args: unknown[]) => unknown)(name, ...rest),
    }),
  })),
  ...(["send", "groupSend"] as const).map((call): Fault => ({
    title: `accepts a message without a type in ${call}`,
    caughtBy: ["refuses a message without a type"],
    overrides: (layer) => ({
      [call]: async (name: string, message: Message) => (message?.type === "" ? undefined : layer[call](name, message)),
    }),
  })),
  {
    title: "accepts any option of receive",
    caughtBy: ["refuses a call with an unknown option, without any effect"],
    overrides: (layer) => ({
      receive: (channel, { signal } = {}) => layer.receive(channel, signal === undefined ? {} : { signal }),
    }),
  },
  {
    title: "accepts any option of groupSend",
    caughtBy: ["refuses a call with an unknown option, without any effect"],
    overrides: (layer) => ({ groupSend: (group, message) => layer.groupSend(group, message) }),
  },
  {
    title: "makes a name twice",
    caughtBy: ["gives each channel a unique name"],
    overrides: () => ({ newChannel: () => ({ name: "same!1", close: nothing }) }),
  },
];

const MESSAGES: readonly Fault[] = [
  {
    title: "drops false values",
    caughtBy: ["delivers messages unchanged to its own channels, to named channels and through a group"],
    overrides: (layer) => ({
      send: (channel, message) =>
        layer.send(
          channel,
          JSON.parse(JSON.stringify(message, (_, value: unknown) => (value === false ? undefined : value))) as Message,
        ),
    }),
  },
  {
    title: "cuts long text",
    caughtBy: ["delivers a message of 1 MB, directly and through a group"],
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
    caughtBy: [
      "keeps the order of one sender's messages to one channel",
      "keeps the order of one sender's direct and group messages together",
    ],
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
    title: "delivers group messages before earlier direct messages",
    caughtBy: ["keeps the order of one sender's direct and group messages together"],
    overrides: (layer) => ({
      async send(channel, message) {
        await Promise.resolve();
        await layer.send(channel, message);
      },
    }),
  },
  {
    title: "drops every fiftieth message",
    caughtBy: [
      "keeps the order of one sender's messages to one channel",
      "pushes direct and group messages to the receiver of a channel",
    ],
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
    title: "does not push to receivers",
    caughtBy: [
      "pushes direct and group messages to the receiver of a channel",
      "counts each message that a receiver refuses, and rejects the direct send",
    ],
    overrides: (layer) => ({ newChannel: () => layer.newChannel() }),
  },
  {
    title: "pushes to a closed channel",
    caughtBy: ["pushes direct and group messages to the receiver of a channel"],
    overrides: (layer) => closingWith(nothing, layer),
  },
  {
    title: "counts no drops",
    caughtBy: [
      "counts each message that a receiver refuses, and rejects the direct send",
      "counts a message to an unknown channel as a drop, without an error",
      "refuses a message to a full channel, counts the drop, and keeps the waiting messages",
      "drops a group's message for each full member, without an error, and counts each drop",
      "counts each miss of a channel of another process once, in either process",
      "delivers no message to a process that has closed it, and counts messages to its channels as drops",
    ],
    overrides: () => ({ dropped: 0 }),
  },
];

/** The faults of names and messages. */
export const NAME_FAULTS: readonly Fault[] = [...NAMES, ...MESSAGES];
