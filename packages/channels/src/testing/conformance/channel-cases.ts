/** Channels: the content, the order and the receivers of messages. */
import type { ChannelMessage } from "../../layers/layer.ts";
import { check, same } from "./assertions.ts";
import { Collector } from "./collector.ts";
import { numbered, upTo, type KitCase } from "./harness.ts";

/** Values that must arrive unchanged. */
const PAYLOAD = {
  type: "test.payload",
  text: "안녕 👋 \u0000 \u2028",
  numbers: [0, -1, 1.5, 2 ** 53 - 1, 1e-7],
  flags: [true, false, null],
  nested: { deep: [{ deeper: [[]] }], "key with space": {} },
} satisfies ChannelMessage & Record<string, unknown>;

/** The cases of channels. */
export const CHANNEL_CASES: readonly KitCase[] = [
  {
    title: "gives each channel a unique name",
    async check(kit) {
      await using first = await kit.create();
      await using second = await kit.create();
      const names = [first, second].flatMap((layer) => upTo(100).map(() => layer.newChannel().name));
      check(new Set(names).size === names.length, "200 names to be different");
    },
  },
  {
    title: "delivers messages unchanged to its own channels, to named channels and through a group",
    async check(kit) {
      await using layer = await kit.create();
      const { name } = await kit.member(layer, "group");
      for (const channel of [name, "worker"]) {
        await layer.send(channel, PAYLOAD);
        same(await kit.next(layer, channel), PAYLOAD, "the message");
      }
      await layer.groupSend("group", PAYLOAD);
      same(await kit.next(layer, name), PAYLOAD, "the message by the group");
    },
  },
  {
    title: "delivers a message of 1 MB, directly and through a group",
    async check(kit) {
      await using layer = await kit.create();
      const { name } = await kit.member(layer, "group");
      const large = { type: "test.large", text: "가".repeat(350_000) };
      await layer.send(name, large);
      same(await kit.next(layer, name), large, "the message sent directly");
      await layer.groupSend("group", large);
      same(await kit.next(layer, name), large, "the message sent by the group");
      await layer.send("worker", large);
      same(await kit.next(layer, "worker"), large, "the message sent to a named channel");
    },
  },
  {
    title: "keeps the order of one sender's messages to one channel",
    async check(kit) {
      await using layer = await kit.create();
      for (const channel of [layer.newChannel().name, "worker"]) {
        await Promise.all(upTo(500).map((n) => layer.send(channel, numbered(n))));
        same(await kit.take(layer, channel, 500), upTo(500), "the order");
      }
    },
  },
  {
    title: "keeps the order of one sender's direct and group messages together",
    async check(kit) {
      await using layer = await kit.create();
      const { name } = await kit.member(layer, "group");
      await layer.groupAdd("group 2", "worker");
      for (const [channel, group] of [
        [name, "group"],
        ["worker", "group 2"],
      ] as const) {
        const send = (n: number): Promise<void> =>
          n % 3 === 0 ? layer.send(channel, numbered(n)) : layer.groupSend(group, numbered(n));
        await Promise.all(upTo(300).map(send));
        same(await kit.take(layer, channel, 300), upTo(300), "the order");
      }
    },
  },
  {
    title: "pushes direct and group messages to the receiver of a channel",
    async check(kit) {
      await using layer = await kit.create();
      const receiver = new Collector();
      const channel = layer.newChannel(receiver);
      await layer.groupAdd("group", channel);
      const send = (n: number): Promise<void> =>
        n % 2 === 0 ? layer.send(channel.name, numbered(n)) : layer.groupSend("group", numbered(n));
      await Promise.all(upTo(100).map(send));
      await kit.until(() => receiver.numbers.length >= 100, "100 messages");
      same(receiver.numbers, upTo(100), "the messages of the receiver");
      await kit.rejects(
        layer.receive(channel.name),
        "CHANNELS_CONFIGURATION",
        "a `receive` from a channel with a receiver",
      );
      await channel.close();
      await layer.groupSend("group", numbered(100));
      await layer.send(channel.name, numbered(100));
      same(receiver.numbers, upTo(100), "the messages of the receiver after the close");
    },
  },
  {
    title: "counts each message that a receiver refuses, and rejects the direct send",
    async check(kit) {
      await using layer = await kit.create();
      const receiver = new Collector(2);
      const channel = layer.newChannel(receiver);
      await layer.groupAdd("group", channel);
      await layer.send(channel.name, numbered(0));
      await layer.send(channel.name, numbered(1));
      await kit.rejects(layer.send(channel.name, numbered(2)), "CHANNELS_CHANNEL_FULL", "the third message");
      same(layer.dropped, 1, "the number of drops");
      await layer.groupSend("group", numbered(3));
      await kit.until(() => layer.dropped === 2, "the message by the group to be counted");
      same(receiver.numbers, [0, 1], "the messages of the receiver");
    },
  },
  {
    title: "counts a message to an unknown channel as a drop, without an error",
    async check(kit) {
      await using layer = await kit.create();
      await layer.send("unknown!1", numbered(0));
      same(layer.dropped, 1, "the number of drops");
    },
  },
];
