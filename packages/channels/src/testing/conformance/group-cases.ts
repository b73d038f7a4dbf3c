/** Groups: who is in them, what their members get, and who is left out. */
import type { Channel } from "../../layers/layer.ts";
import { same } from "./assertions.ts";
import { Collector } from "./collector.ts";
import { numbered, sorted, upTo, WIDE, type KitCase } from "./harness.ts";

/** See the head of this file. */
export const GROUP_CASES: readonly KitCase[] = [
  ...[1, 10, 10_000].map((size): KitCase => ({
    title: `sends to a group of ${size}: each member gets each message once, in order`,
    async check(kit) {
      await using layer = await kit.create();
      const members = await Promise.all(upTo(size).map(() => kit.member(layer, "group")));
      await Promise.all(upTo(5).map((n) => layer.groupSend("group", numbered(n))));
      await layer.groupSend("group", numbered(5));
      const received = await Promise.all(members.map(({ name }) => kit.take(layer, name, 6)));
      for (const numbers of received) same(numbers, upTo(6), "what a member got");
      const next = await Promise.all(members.slice(-10).map(({ name }) => kit.comesNext(layer, name)));
      for (const number of next) same(number, -1, "what came next");
      same(layer.dropped, 0, "the number of drops");
    },
  })),
  {
    title: "sends to those who are in the group at that moment, and not to who joins later or has left",
    async check(kit) {
      await using layer = await kit.create();
      const [left, stays] = [await kit.member(layer, "group"), await kit.member(layer, "group")];
      await layer.groupDiscard("group", left);
      await layer.groupSend("group", numbered(0));
      // What is still on its way may reach who joins meanwhile.
      same(await kit.take(layer, stays.name, 1), [0], "what the member got");
      const late = await kit.member(layer, "group");
      await layer.groupSend("group", numbered(1));
      same(await kit.take(layer, stays.name, 1), [1], "what the member got then");
      same(await kit.take(layer, late.name, 1), [1], "what the one who joined later got");
      same(await kit.comesNext(layer, left.name), -1, "what the one who had left got");
    },
  },
  {
    title: "misses nobody when the last member leaves as the next one joins",
    async check(kit) {
      await using layer = await kit.create();
      let last = await kit.member(layer, "group");
      for (const round of upTo(30)) {
        const next = layer.newChannel();
        const leaving = round % 2 === 0 ? layer.groupDiscard("group", last) : last.close();
        await Promise.all([leaving, layer.groupAdd("group", next)]);
        await layer.groupSend("group", numbered(round));
        same(await kit.take(layer, next.name, 1), [round], "what the next one got");
        last = next;
      }
    },
  },
  {
    title: "loses nothing for those who stay while others come and go",
    async check(kit) {
      await using layer = await kit.create();
      const stays = await kit.member(layer, "group");
      const comeAndGo = async (): Promise<void> => {
        for (const round of upTo(20)) {
          const guest = await kit.member(layer, "group");
          if (round % 2 === 0) await layer.groupDiscard("group", guest);
          await guest.close();
        }
      };
      const coming = upTo(10).map(comeAndGo);
      await Promise.all([...coming, ...upTo(300).map((n) => layer.groupSend("group", numbered(n)))]);
      same(await kit.take(layer, stays.name, 300), upTo(300), "what the member got");
    },
  },
  {
    title: "makes no difference between joining once and twice, and lets anybody leave, member or not",
    async check(kit) {
      await using layer = await kit.create();
      const channel = layer.newChannel();
      await layer.groupDiscard("group", channel);
      await layer.groupAdd("group", channel);
      await layer.groupAdd("group", channel.name);
      await layer.groupSend("group", numbered(0));
      same(await kit.take(layer, channel.name, 1), [0], "what the member got");
      same(await kit.comesNext(layer, channel.name), -1, "what came next");
      await layer.groupDiscard("group", channel.name);
      await layer.groupSend("group", numbered(1));
      same(await kit.comesNext(layer, channel.name), -1, "what came after leaving");
    },
  },
  {
    title: "keeps groups apart, and a channel may be in many",
    async check(kit) {
      await using layer = await kit.create();
      const [both, one] = [layer.newChannel(), layer.newChannel()];
      await layer.groupAdd("a", both);
      await layer.groupAdd("b", both);
      await layer.groupAdd("a", one);
      await layer.groupSend("b", numbered(0));
      await layer.groupSend("a", numbered(1));
      same(sorted(await kit.take(layer, both.name, 2)), [0, 1], "what the member of both got");
      same(await kit.take(layer, one.name, 1), [1], "what the member of one got");
    },
  },
  ...(["channel", "name"] as const).map((by): KitCase => ({
    title: `leaves out of a group's message the channel that is named by its ${by}, and nobody else`,
    async check(kit) {
      await using layer = await kit.create();
      const members = upTo(3).map(() => layer.newChannel());
      for (const member of members) await layer.groupAdd("group", member);
      const [author, ...readers] = members as [Channel, ...Channel[]];
      await layer.groupSend("group", numbered(0), { except: by === "name" ? author.name : author });
      for (const { name } of readers) same(await kit.take(layer, name, 1), [0], "what another member got");
      same(await kit.comesNext(layer, author.name, "group"), -1, "what came next for the one left out");
    },
  })),
  {
    title: "leaves a named channel out of a group's message, whatever its name is made of",
    async check(kit) {
      await using layer = await kit.create();
      const names = ["plain", "로비 {}%2F\n"];
      for (const name of names) {
        await layer.send(name, numbered(0));
        await kit.take(layer, name, 1);
        await layer.groupAdd("group", name);
      }
      for (const [index, except] of names.entries()) await layer.groupSend("group", numbered(index), { except });
      same(await kit.take(layer, "plain", 1), [1], "what the first got");
      same(await kit.take(layer, "로비 {}%2F\n", 1), [0], "what the second got");
      for (const name of names) same(await kit.comesNext(layer, name), -1, "what came next");
    },
  },
  {
    title: "minds no channel to leave out that is not in the group",
    async check(kit) {
      await using layer = await kit.create();
      const [member, stranger] = [layer.newChannel(), layer.newChannel()];
      await layer.groupAdd("group", member);
      await layer.groupSend("group", numbered(0), { except: stranger });
      same(await kit.take(layer, member.name, 1), [0], "what the member got");
    },
  },
  {
    title: "sends to an empty group without an error",
    async check(kit) {
      await using layer = await kit.create();
      await layer.groupSend("nobody", numbered(0));
      same(layer.dropped, 0, "the number of drops");
    },
  },
  {
    title: "lets members without room miss a message, without an error, and counts each",
    async check(kit) {
      await using layer = await kit.create({ ...WIDE, capacity: 2 });
      const full = [layer.newChannel().name, layer.newChannel().name, "worker", "worker 2"];
      const free = layer.newChannel().name;
      for (const channel of [...full, free]) await layer.groupAdd("group", channel);
      for (const n of upTo(2)) await layer.groupSend("group", numbered(n));
      same(await kit.take(layer, free, 2), upTo(2), "what the member with room got");
      for (const n of [2, 3]) await layer.groupSend("group", numbered(n));
      same(await kit.take(layer, free, 2), [2, 3], "what the member with room got then");
      same(layer.dropped, 2 * full.length, "the number of drops");
      for (const channel of full) same(await kit.take(layer, channel, 2), upTo(2), "what a full member kept");
    },
  },
  {
    title: "takes a channel that is closed out of its groups, and counts what is sent to it",
    async check(kit) {
      await using layer = await kit.create();
      const [closed, open] = [layer.newChannel(), layer.newChannel()];
      const { name } = closed;
      await layer.groupAdd("group", closed);
      await layer.groupAdd("group", open);
      await closed.close();
      await layer.groupSend("group", numbered(0));
      same(await kit.take(layer, open.name, 1), [0], "what the other member got");
      same(layer.dropped, 0, "the number of drops by the group");
      await layer.send(name, numbered(1));
      same(layer.dropped, 1, "the number of drops by the direct message");
    },
  },
  {
    title: "lets a channel that is closed join no group, by itself or by its name, without an error",
    async check(kit) {
      await using layer = await kit.create({ ...WIDE, capacity: 1 });
      const receiver = new Collector();
      const open = await kit.member(layer, "group");
      for (const closed of [layer.newChannel(), layer.newChannel(receiver)]) {
        await closed.close();
        for (const channel of [closed, closed.name]) await layer.groupAdd("group", channel);
        await kit.rejects(layer.receive(closed.name), "CHANNELS_CONFIGURATION", "a receive from it");
      }
      for (const n of upTo(2)) {
        await layer.groupSend("group", numbered(n));
        same(await kit.take(layer, open.name, 1), [n], "what the other member got");
      }
      same(receiver.numbers, [], "what the receiver got");
      same(layer.dropped, 0, "the number of drops");
    },
  },
];
