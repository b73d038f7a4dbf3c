/** Groups: membership, leases, order, capacity, size. */
import type { Channel } from "../../layers/layer.ts";
import { same } from "./assertions.ts";
import { comesNext, numbered, sorted, take, upTo, WIDE, type ConformanceCase } from "./harness.ts";

/** See the head of this file. */
export const GROUP_CASES: readonly ConformanceCase[] = [
  ...[1, 10, 10_000].map((size): ConformanceCase => ({
    title: `sends to a group of ${size}: each member gets each message once, in order`,
    async run({ create }) {
      await using layer = await create(WIDE);
      const members = upTo(size).map(() => layer.newChannel());
      await Promise.all(members.map((member) => layer.groupAdd("group", member)));
      for (const n of upTo(5)) await layer.groupSend("group", numbered(n));
      const received = await Promise.all(members.map(({ name }) => take(layer, name, 5)));
      for (const numbers of received) same(numbers, upTo(5), "what a member got");
    },
  })),
  {
    title: "makes no difference between joining once and twice, and lets anybody leave, member or not",
    async run({ create }) {
      await using layer = await create(WIDE);
      const channel = layer.newChannel();
      await layer.groupDiscard("group", channel);
      await layer.groupAdd("group", channel);
      await layer.groupAdd("group", channel.name);
      await layer.groupSend("group", numbered(0));
      same(await take(layer, channel.name, 1), [0], "what the member got");
      same(await comesNext(layer, channel.name), -1, "what came next");
      await layer.groupDiscard("group", channel.name);
      await layer.groupSend("group", numbered(1));
      same(await comesNext(layer, channel.name), -1, "what came after leaving");
    },
  },
  {
    title: "keeps groups apart, and a channel may be in many",
    async run({ create }) {
      await using layer = await create(WIDE);
      const [both, one] = [layer.newChannel(), layer.newChannel()];
      await layer.groupAdd("a", both);
      await layer.groupAdd("b", both);
      await layer.groupAdd("a", one);
      await layer.groupSend("b", numbered(0));
      await layer.groupSend("a", numbered(1));
      same(sorted(await take(layer, both.name, 2)), [0, 1], "what the member of both got");
      same(await take(layer, one.name, 1), [1], "what the member of one got");
    },
  },
  ...(["channel", "name"] as const).map((by): ConformanceCase => ({
    title: `leaves out of a group's message the channel that is named by its ${by}, and nobody else`,
    async run({ create }) {
      await using layer = await create(WIDE);
      const members = upTo(3).map(() => layer.newChannel());
      for (const member of members) await layer.groupAdd("group", member);
      const [author, ...readers] = members as [Channel, ...Channel[]];
      await layer.groupSend("group", numbered(0), { except: by === "name" ? author.name : author });
      for (const { name } of readers) same(await take(layer, name, 1), [0], "what another member got");
      same(await comesNext(layer, author.name, "group"), -1, "what came next for the one left out");
    },
  })),
  {
    title: "leaves a named channel out of a group's message, whatever its name is made of",
    async run({ create }) {
      await using layer = await create(WIDE);
      const names = ["plain", "로비 {}%2F\n"];
      for (const name of names) {
        await layer.send(name, numbered(0));
        await take(layer, name, 1);
        await layer.groupAdd("group", name);
      }
      for (const [index, except] of names.entries()) await layer.groupSend("group", numbered(index), { except });
      same(await take(layer, "plain", 1), [1], "what the first got");
      same(await take(layer, "로비 {}%2F\n", 1), [0], "what the second got");
      for (const name of names) same(await comesNext(layer, name), -1, "what came next");
    },
  },
  {
    title: "minds no channel to leave out that is not in the group",
    async run({ create }) {
      await using layer = await create(WIDE);
      const [member, stranger] = [layer.newChannel(), layer.newChannel()];
      await layer.groupAdd("group", member);
      await layer.groupSend("group", numbered(0), { except: stranger });
      same(await take(layer, member.name, 1), [0], "what the member got");
    },
  },
  {
    title: "sends to an empty group without an error",
    async run({ create }) {
      await using layer = await create(WIDE);
      await layer.groupSend("nobody", numbered(0));
      same(layer.dropped, 0, "the number of drops");
    },
  },
  {
    title: "lets members without room miss a message, without an error, and counts each",
    async run({ create }) {
      await using layer = await create({ ...WIDE, capacity: 2 });
      const [full, free] = [layer.newChannel().name, layer.newChannel().name];
      await layer.groupAdd("group", full);
      await layer.groupAdd("group", free);
      for (const n of upTo(2)) await layer.groupSend("group", numbered(n));
      same(await take(layer, free, 2), upTo(2), "what the member with room got");
      for (const n of [2, 3]) await layer.groupSend("group", numbered(n));
      same(await take(layer, free, 2), [2, 3], "what the member with room got then");
      same(layer.dropped, 2, "the number of drops");
      same(await take(layer, full, 2), upTo(2), "what the full member kept");
    },
  },
  {
    title: "takes a channel that is closed out of its groups, and counts what is sent to it",
    async run({ create }) {
      await using layer = await create(WIDE);
      const [closed, open] = [layer.newChannel(), layer.newChannel()];
      const { name } = closed;
      await layer.groupAdd("group", closed);
      await layer.groupAdd("group", open);
      await closed.close();
      await layer.groupSend("group", numbered(0));
      same(await take(layer, open.name, 1), [0], "what the other member got");
      same(layer.dropped, 0, "the number of drops by the group");
      await layer.send(name, numbered(1));
      same(layer.dropped, 1, "the number of drops by the direct message");
    },
  },
  {
    title: "sends to a named channel in a group until nobody has received from it for the time of a lease",
    async run({ create, advance }) {
      await using layer = await create({ ...WIDE, leaseMs: 60 });
      await layer.groupAdd("group", "worker");
      await layer.groupSend("group", numbered(0));
      same(await take(layer, "worker", 1), [0], "what the channel got");
      await advance(40);
      // A receive renews the lease.
      await layer.send("worker", numbered(1));
      same(await take(layer, "worker", 1), [1], "what was sent directly");
      await advance(40);
      await layer.groupSend("group", numbered(2));
      same(await take(layer, "worker", 1), [2], "what the channel got within its lease");
      await advance(80);
      await layer.groupSend("group", numbered(3));
      same(await comesNext(layer, "worker"), -1, "what came after the lease");
    },
  },
  {
    title: "keeps a named channel in its groups for as long as somebody waits for its messages",
    async run({ create, advance }) {
      await using layer = await create({ ...WIDE, leaseMs: 60 });
      await layer.groupAdd("group", "worker");
      const waiting = take(layer, "worker", 1);
      await advance(90);
      await advance(90);
      await layer.groupSend("group", numbered(7));
      same(await waiting, [7], "what came while somebody waited");
    },
  },
  {
    title: "forgets every waiting message and every membership when it is flushed, and works on",
    async run({ create }) {
      await using layer = await create(WIDE);
      const channel = layer.newChannel();
      await layer.groupAdd("group", channel);
      await layer.groupAdd("group", "worker");
      await layer.send("worker", numbered(0));
      await layer.send(channel.name, numbered(0));
      await layer.flush();
      await layer.groupSend("group", numbered(1));
      same(await comesNext(layer, channel.name), -1, "what the channel got");
      same(await comesNext(layer, "worker"), -1, "what the named channel got");
      await layer.groupAdd("group", channel);
      same(await comesNext(layer, channel.name, "group"), -1, "what came by the group again");
    },
  },
];
