/** The cases of names of channels and groups, messages without a type, and unknown options. */
import type { ChannelMessage } from "../../layers/layer.ts";
import { MAX_NAME_LENGTH } from "../../layers/names.ts";
import { same } from "./assertions.ts";
import { numbered, type KitCase } from "./harness.ts";

const GOOD_NAMES = [
  "a",
  "x".repeat(MAX_NAME_LENGTH),
  "👋".repeat(MAX_NAME_LENGTH / 2),
  "로비",
  "👩‍👩‍👧 family",
  "with space",
  "line\nbreak",
  "a/b:c*{d}[e]?",
  "nul\u0000",
  "__proto__",
  ".",
];

const BAD_NAMES = ["", "x".repeat(MAX_NAME_LENGTH + 1), "half a pair \ud83d", 5, undefined, null] as string[];

/** Different names that look alike. */
const LOOK_ALIKES = ["room", "Room", "room ", "room\n", "r\u043eom", "\u00e9", "e\u0301", "room*", "room:a", "room:*"];

/** The cases of names, types and options. */
export const NAME_CASES: readonly KitCase[] = [
  {
    title: "accepts any well-formed text of 1 to 512 code units as the name of a channel or a group",
    async check(kit) {
      await using layer = await kit.create();
      for (const [n, name] of GOOD_NAMES.entries()) {
        const shown = JSON.stringify(name.slice(0, 20));
        await layer.send(name, numbered(n));
        same(await kit.take(layer, name, 1), [n], `the message to ${shown}`);
        const { name: member } = await kit.member(layer, name);
        await layer.groupSend(name, numbered(n));
        same(await kit.take(layer, member, 1), [n], `the message to the group ${shown}`);
      }
    },
  },
  {
    title: "distinguishes names that look alike, and channels from groups of the same name",
    async check(kit) {
      await using layer = await kit.create();
      const members = await Promise.all(LOOK_ALIKES.map((name) => kit.member(layer, name)));
      for (const [n, name] of LOOK_ALIKES.entries()) {
        await layer.send(name, numbered(n));
        await layer.groupSend(name, numbered(100 + n));
      }
      for (const [n, name] of LOOK_ALIKES.entries()) {
        const member = members[n]?.name ?? "";
        same(await kit.take(layer, name, 1), [n], `the message to ${JSON.stringify(name)}`);
        same(await kit.nextNumber(layer, name), -1, `the next message to ${JSON.stringify(name)}`);
        same(await kit.take(layer, member, 1), [100 + n], `the message to the group ${JSON.stringify(name)}`);
        same(await kit.nextNumber(layer, member), -1, `the next message to the group ${JSON.stringify(name)}`);
      }
    },
  },
  {
    title: "refuses any other name in every call",
    async check(kit) {
      await using layer = await kit.create();
      const { name: member } = layer.newChannel();
      for (const name of BAD_NAMES) {
        const shown = JSON.stringify(typeof name === "string" ? name.slice(0, 20) : name);
        const attempts: [string, () => Promise<unknown>][] = [
          ["send", () => layer.send(name, numbered(0))],
          ["receive", () => layer.receive(name)],
          ["groupAdd", () => layer.groupAdd(name, member)],
          ["groupDiscard", () => layer.groupDiscard(name, member)],
          ["groupSend", () => layer.groupSend(name, numbered(0))],
          ["groupAdd of the channel", () => layer.groupAdd("group", name)],
          ["groupDiscard of the channel", () => layer.groupDiscard("group", name)],
        ];
        if (name !== undefined) {
          attempts.push(["groupSend except", () => layer.groupSend("group", numbered(0), { except: name })]);
        }
        for (const [call, attempt] of attempts) {
          await kit.rejects(attempt(), "CHANNELS_INVALID_NAME", `${call} with the name ${shown}`);
        }
      }
    },
  },
  {
    title: "refuses a message without a type",
    async check(kit) {
      await using layer = await kit.create();
      for (const message of [{}, { type: "" }, { type: 5 }, null, undefined, "text"] as unknown as ChannelMessage[]) {
        const shown = JSON.stringify(message);
        await kit.rejects(layer.send("channel", message), "CHANNELS_INVALID_MESSAGE", `send of ${shown}`);
        await kit.rejects(layer.groupSend("group", message), "CHANNELS_INVALID_MESSAGE", `groupSend of ${shown}`);
      }
    },
  },
  {
    title: "refuses a call with an unknown option, without any effect",
    async check(kit) {
      await using layer = await kit.create();
      const { name } = await kit.member(layer, "group");
      const misspelt = { exept: name, signl: undefined } as object;
      await kit.rejects(layer.groupSend("group", numbered(0), misspelt), "CHANNELS_CONFIGURATION", "groupSend");
      for (const channel of [name, "worker"]) {
        same(await kit.nextNumber(layer, channel), -1, `the next message of ${channel}`);
        await kit.rejects(layer.receive(channel, misspelt), "CHANNELS_CONFIGURATION", `receive from ${channel}`);
        await layer.send(channel, numbered(1));
        same(await kit.take(layer, channel, 1), [1], `the waiting message of ${channel}`);
      }
    },
  },
];
