/** Groups: their members, the messages that members receive, and exceptions. */
import type { Channel } from "../../layers/layer.ts";
import { same } from "./assertions.ts";
import { Collector } from "./collector.ts";
import { numbered, sorted, upTo, WIDE, type KitCase } from "./harness.ts";

/** The cases of groups. */
export const GROUP_CASES: readonly KitCase[] = [
  ...[1, 10, 10_000].map((size): KitCase => ({
    title: `sends to a group of ${size}: each member receives each message once, in order`,
    async check(kit) {
      await using layer = await kit.create();
      const members = await Promise.all(upTo(size).map(() => kit.member(layer, "group")));
      await Promise.all(upTo(5).map((n) => layer.groupSend("group", numbered(n))));
      await layer.groupSend("group", numbered(5));
      const received = await Promise.all(members.map(({ name }) => kit.take(layer, name, 6)));
      for (const numbers of received) same(numbers, upTo(6), "the messages of a member");
      const next = await Promise.all(members.slice(-10).map(({ name }) => kit.nextNumber(layer, name)));
      for (const number of next) same(number, -1, "the next message");
      same(layer.dropped, 0, "the number of drops");
    },
  })),
  {
    title: "sends to the current members of a group, and to no channel that joins later or has left",
    async check(kit) {
      await using layer = await kit.create();
      const [left, stays] = [await kit.member(layer, "group"), await kit.member(layer, "group")];
      await layer.groupDiscard("group", left);
      await layer.groupSend("group", numbered(0));
      // A message in transit may reach a member that joins meanwhile.
      same(await kit.take(layer, stays.name, 1), [0], "the messages of the member");
      const late = await kit.member(layer, "group");
      await layer.groupSend("group", numbered(1));
      same(await kit.take(layer, stays.name, 1), [1], "the messages of the member later");
      same(await kit.take(layer, late.name, 1), [1], "the messages of the member that joined later");
      same(await kit.nextNumber(layer, left.name), -1, "the next message of the channel that left");
    },
  },
  {
    title: "reaches the next member when the last member leaves at the same time",
    async check(kit) {
      await using layer = await kit.create();
      let last = await kit.member(layer, "group");
      for (const round of upTo(30)) {
        const next = layer.newChannel();
        const leaving = round % 2 === 0 ? layer.groupDiscard("group", last) : last.close();
        await Promise.all([leaving, layer.groupAdd("group", next)]);
        await layer.groupSend("group", numbered(round));
        same(await kit.take(layer, next.name, 1), [round], "the messages of the next one");
        last = next;
      }
    },
  },
  {
    title: "loses no message of a member while other channels join and leave",
    async check(kit) {
      await using layer = await kit.create();
      const stays = await kit.member(layer, "group");
      const joinAndLeave = async (): Promise<void> => {
        for (const round of upTo(20)) {
          const other = await kit.member(layer, "group");
          if (round % 2 === 0) await layer.groupDiscard("group", other);
          await other.close();
        }
      };
      const joining = upTo(10).map(joinAndLeave);
      await Promise.all([...joining, ...upTo(300).map((n) => layer.groupSend("group", numbered(n)))]);
      same(await kit.take(layer, stays.name, 300), upTo(300), "the messages of the member");
    },
  },
  {
    title: "treats joining twice as joining once, and allows a channel that is not a member to leave",
    async check(kit) {
      await using layer = await kit.create();
      const channel = layer.newChannel();
      await layer.groupDiscard("group", channel);
      await layer.groupAdd("group", channel);
      await layer.groupAdd("group", channel.name);
      await layer.groupSend("group", numbered(0));
      same(await kit.take(layer, channel.name, 1), [0], "the messages of the member");
      same(await kit.nextNumber(layer, channel.name), -1, "the next message");
      await layer.groupDiscard("group", channel.name);
      await layer.groupSend("group", numbered(1));
      same(await kit.nextNumber(layer, channel.name), -1, "the next message after leaving");
    },
  },
  {
    title: "keeps groups apart, and allows a channel in several groups",
    async check(kit) {
      await using layer = await kit.create();
      const [both, one] = [layer.newChannel(), layer.newChannel()];
      await layer.groupAdd("a", both);
      await layer.groupAdd("b", both);
      await layer.groupAdd("a", one);
      await layer.groupSend("b", numbered(0));
      await layer.groupSend("a", numbered(1));
      same(sorted(await kit.take(layer, both.name, 2)), [0, 1], "the messages of the member of both");
      same(await kit.take(layer, one.name, 1), [1], "the messages of the member of one");
    },
  },
  ...(["channel", "name"] as const).map((by): KitCase => ({
    title: `skips exactly the channel that \`except\` names by its ${by}`,
    async check(kit) {
      await using layer = await kit.create();
      const members = upTo(3).map(() => layer.newChannel());
      for (const member of members) await layer.groupAdd("group", member);
      const [author, ...readers] = members as [Channel, ...Channel[]];
      await layer.groupSend("group", numbered(0), { except: by === "name" ? author.name : author });
      for (const { name } of readers) same(await kit.take(layer, name, 1), [0], "the messages of another member");
      same(await kit.nextNumber(layer, author.name, "group"), -1, "the next message of the exception");
    },
  })),
  {
    title: "skips a named channel that `except` names, for any name",
    async check(kit) {
      await using layer = await kit.create();
      const names = ["plain", "로비 {}%2F\n"];
      for (const name of names) {
        await layer.send(name, numbered(0));
        await kit.take(layer, name, 1);
        await layer.groupAdd("group", name);
      }
      for (const [index, except] of names.entries()) await layer.groupSend("group", numbered(index), { except });
      same(await kit.take(layer, "plain", 1), [1], "the messages of the first");
      same(await kit.take(layer, "로비 {}%2F\n", 1), [0], "the messages of the second");
      for (const name of names) same(await kit.nextNumber(layer, name), -1, "the next message");
    },
  },
  {
    title: "accepts a channel in `except` that is not a member",
    async check(kit) {
      await using layer = await kit.create();
      const [member, stranger] = [layer.newChannel(), layer.newChannel()];
      await layer.groupAdd("group", member);
      await layer.groupSend("group", numbered(0), { except: stranger });
      same(await kit.take(layer, member.name, 1), [0], "the messages of the member");
    },
  },
  {
    title: "sends to an empty group without an error",
    async check(kit) {
      await using layer = await kit.create();
      await layer.groupSend("empty", numbered(0));
      same(layer.dropped, 0, "the number of drops");
    },
  },
  {
    title: "drops a group's message for each full member, without an error, and counts each drop",
    async check(kit) {
      await using layer = await kit.create({ ...WIDE, capacity: 2 });
      const full = [layer.newChannel().name, layer.newChannel().name, "worker", "worker 2"];
      const free = layer.newChannel().name;
      for (const channel of [...full, free]) await layer.groupAdd("group", channel);
      for (const n of upTo(2)) await layer.groupSend("group", numbered(n));
      same(await kit.take(layer, free, 2), upTo(2), "the messages of the member with room");
      for (const n of [2, 3]) await layer.groupSend("group", numbered(n));
      same(await kit.take(layer, free, 2), [2, 3], "the messages of the member with room later");
      same(layer.dropped, 2 * full.length, "the number of drops");
      for (const channel of full)
        same(await kit.take(layer, channel, 2), upTo(2), "the waiting messages of a full member");
    },
  },
  {
    title: "removes a closed channel from its groups, and counts later direct messages as drops",
    async check(kit) {
      await using layer = await kit.create();
      const [closed, open] = [layer.newChannel(), layer.newChannel()];
      const { name } = closed;
      await layer.groupAdd("group", closed);
      await layer.groupAdd("group", open);
      await closed.close();
      await layer.groupSend("group", numbered(0));
      same(await kit.take(layer, open.name, 1), [0], "the messages of the other member");
      same(layer.dropped, 0, "the number of drops by the group");
      await layer.send(name, numbered(1));
      same(layer.dropped, 1, "the number of drops by the direct message");
    },
  },
  {
    title: "ignores the join of a closed channel, as a channel or by its name, without an error",
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
        same(await kit.take(layer, open.name, 1), [n], "the messages of the other member");
      }
      same(receiver.numbers, [], "the messages of the receiver");
      same(layer.dropped, 0, "the number of drops");
    },
  },
];
