/** Names of channels and groups, and what is no message and no option. */
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

/** Each is another name than the one before, and neither stands for both. */
const LOOK_ALIKES = ["room", "Room", "room ", "room\n", "r\u043eom", "\u00e9", "e\u0301", "room*", "room:a", "room:*"];

/** See the head of this file. */
export const NAME_CASES: readonly KitCase[] = [
  {
    title: "takes any well-formed text of 1 to 512 code units as the name of a channel or a group",
    async check(kit) {
      await using layer = await kit.create();
      for (const [n, name] of GOOD_NAMES.entries()) {
        const shown = JSON.stringify(name.slice(0, 20));
        await layer.send(name, numbered(n));
        same(await kit.take(layer, name, 1), [n], `what was sent to ${shown}`);
        const { name: member } = await kit.member(layer, name);
        await layer.groupSend(name, numbered(n));
        same(await kit.take(layer, member, 1), [n], `what was sent to the group ${shown}`);
      }
    },
  },
  {
    title: "tells names apart that look alike, and channels from groups of the same name",
    async check(kit) {
      await using layer = await kit.create();
      const members = await Promise.all(LOOK_ALIKES.map((name) => kit.member(layer, name)));
      for (const [n, name] of LOOK_ALIKES.entries()) {
        await layer.send(name, numbered(n));
        await layer.groupSend(name, numbered(100 + n));
      }
      for (const [n, name] of LOOK_ALIKES.entries()) {
        const member = members[n]?.name ?? "";
        same(await kit.take(layer, name, 1), [n], `what came to ${JSON.stringify(name)}`);
        same(await kit.comesNext(layer, name), -1, `what came next to ${JSON.stringify(name)}`);
        same(await kit.take(layer, member, 1), [100 + n], `what came to the group ${JSON.stringify(name)}`);
        same(await kit.comesNext(layer, member), -1, `what came next to the group ${JSON.stringify(name)}`);
      }
    },
  },
  {
    title: "refuses any other name wherever one is given",
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
    title: "refuses a message with what JSON would make something else of",
    async check(kit) {
      await using layer = await kit.create();
      for (const value of [
        Uint8Array.of(1),
        new Map(),
        new Set(),
        Number.NaN,
        1n,
        [() => 1],
        [undefined],
        { a: Symbol("a") },
      ]) {
        const message = { type: "test.value", value };
        const what = `of a ${typeof value}: ${Object.prototype.toString.call(value)}`;
        await kit.rejects(layer.send("channel", message), "CHANNELS_INVALID_MESSAGE", `send ${what}`);
        await kit.rejects(layer.groupSend("group", message), "CHANNELS_INVALID_MESSAGE", `groupSend ${what}`);
      }
    },
  },
  {
    title: "refuses an option that is none, and then does nothing",
    async check(kit) {
      await using layer = await kit.create();
      const { name } = await kit.member(layer, "group");
      const misspelt = { exept: name, signl: undefined } as object;
      await kit.rejects(layer.groupSend("group", numbered(0), misspelt), "CHANNELS_CONFIGURATION", "groupSend");
      for (const channel of [name, "worker"]) {
        same(await kit.comesNext(layer, channel), -1, `what came to ${channel}`);
        await kit.rejects(layer.receive(channel, misspelt), "CHANNELS_CONFIGURATION", `receive from ${channel}`);
        await layer.send(channel, numbered(1));
        same(await kit.take(layer, channel, 1), [1], `what was not taken from ${channel}`);
      }
    },
  },
];
