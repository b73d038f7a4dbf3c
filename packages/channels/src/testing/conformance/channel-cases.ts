/** Channels: what comes out of them, in which order, and to whom. */
import type { ChannelMessage } from "../../layers/layer.ts";
import { check, same } from "./assertions.ts";
import { Collector } from "./collector.ts";
import { numbered, upTo, type KitCase } from "./harness.ts";

/** Values that must come out as they went in. */
const PAYLOAD = {
  type: "test.payload",
  text: "안녕 👋 \u0000 \u2028",
  numbers: [0, -1, 1.5, 2 ** 53 - 1, 1e-7],
  flags: [true, false, null],
  nested: { deep: [{ deeper: [[]] }], "key with space": {} },
} satisfies ChannelMessage & Record<string, unknown>;

/** See the head of this file. */
export const CHANNEL_CASES: readonly KitCase[] = [
  {
    title: "gives every channel it makes a name of its own",
    async check(kit) {
      await using first = await kit.create();
      await using second = await kit.create();
      const names = [first, second].flatMap((layer) => upTo(100).map(() => layer.newChannel().name));
      check(new Set(names).size === names.length, "200 names to be different");
    },
  },
  {
    title: "brings messages as they were sent, to a channel of its own, to a named one, and by a group",
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
    title: "brings a message of 1 MB, directly and by a group",
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
    title: "keeps the order in which one sender sends to one channel",
    async check(kit) {
      await using layer = await kit.create();
      for (const channel of [layer.newChannel().name, "worker"]) {
        await Promise.all(upTo(500).map((n) => layer.send(channel, numbered(n))));
        same(await kit.take(layer, channel, 500), upTo(500), "the order");
      }
    },
  },
  {
    title: "keeps what one sender sends in line, whether it goes directly or by a group",
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
    title: "hands messages to the receiver of a channel as they come, direct or by a group",
    async check(kit) {
      await using layer = await kit.create();
      const receiver = new Collector();
      const channel = layer.newChannel(receiver);
      await layer.groupAdd("group", channel);
      const send = (n: number): Promise<void> =>
        n % 2 === 0 ? layer.send(channel.name, numbered(n)) : layer.groupSend("group", numbered(n));
      await Promise.all(upTo(100).map(send));
      await kit.until(() => receiver.numbers.length >= 100, "100 messages");
      same(receiver.numbers, upTo(100), "what the receiver got");
      await kit.rejects(layer.receive(channel.name), "CHANNELS_CONFIGURATION", "to wait for them beside it");
      await channel.close();
      await layer.groupSend("group", numbered(100));
      await layer.send(channel.name, numbered(100));
      same(receiver.numbers, upTo(100), "what it got after its channel was closed");
    },
  },
  {
    title: "counts what a receiver refuses, and tells the sender of a direct message",
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
      same(receiver.numbers, [0, 1], "what the receiver got");
    },
  },
  {
    title: "counts a message to a channel that no process has, without an error",
    async check(kit) {
      await using layer = await kit.create();
      await layer.send("nobody!1", numbered(0));
      same(layer.dropped, 1, "the number of drops");
    },
  },
];
