/** Memberships that last as long as somebody receives, and a lease longer. */
import { same } from "./assertions.ts";
import { Collector } from "./collector.ts";
import { numbered, WIDE, type KitCase } from "./harness.ts";

/** Long enough for a busy machine to do in a part of it what a case does between two looks at the clock. */
const LEASE_MS = 1_000;
const LIMITS = { ...WIDE, leaseMs: LEASE_MS };

/** See the head of this file. */
export const LEASE_CASES: readonly KitCase[] = [
  {
    title: "sends to a channel in a group until nobody has received from it for the time of a lease",
    async check(kit) {
      await using layer = await kit.create(LIMITS);
      const channels = [layer.newChannel().name, "worker"];
      for (const channel of channels) {
        await layer.groupAdd("group", channel);
        await layer.groupAdd("group 2", channel);
      }
      await kit.advance(LEASE_MS * 0.6);
      await layer.groupSend("group", numbered(0));
      for (const channel of channels) same(await kit.take(layer, channel, 1), [0], `what ${channel} got`);
      // Receiving has renewed the lease.
      await kit.advance(LEASE_MS * 0.6);
      await layer.groupSend("group 2", numbered(1));
      for (const channel of channels) same(await kit.take(layer, channel, 1), [1], `what ${channel} got in its lease`);
      await kit.advance(LEASE_MS * 1.2);
      await layer.groupSend("group", numbered(2));
      await layer.groupSend("group 2", numbered(3));
      for (const channel of channels) same(await kit.comesNext(layer, channel), -1, `what ${channel} got after it`);
      same(layer.dropped, 0, "the number of drops");
      for (const channel of channels) {
        await layer.groupAdd("group", channel);
        await layer.groupSend("group", numbered(4));
        same(await kit.take(layer, channel, 1), [4], `what ${channel} got after it had joined again`);
        await layer.groupDiscard("group", channel);
      }
    },
  },
  {
    title: "keeps a channel in its groups for as long as somebody waits for its messages",
    async check(kit) {
      await using layer = await kit.create(LIMITS);
      const channels = [layer.newChannel().name, "worker"];
      for (const channel of channels) await layer.groupAdd("group", channel);
      const waiting = channels.map((channel) => kit.take(layer, channel, 1));
      await kit.advance(LEASE_MS * 1.5);
      await layer.groupSend("group", numbered(7));
      for (const took of waiting) same(await took, [7], "what came while somebody waited");
      // Being served has renewed the lease.
      await layer.groupSend("group", numbered(8));
      for (const channel of channels) same(await kit.take(layer, channel, 1), [8], `what ${channel} got next`);
    },
  },
  {
    title: "keeps a channel in its groups when somebody has just given up waiting, however long that was",
    async check(kit) {
      await using layer = await kit.create(LIMITS);
      const channels = [layer.newChannel().name, "worker"];
      for (const channel of channels) await layer.groupAdd("group", channel);
      const aborting = new AbortController();
      const waiting = channels.map((channel) =>
        layer.receive(channel, { signal: aborting.signal }).catch((error: unknown) => error),
      );
      await kit.advance(LEASE_MS * 1.3);
      aborting.abort("enough");
      for (const ended of waiting) same(await kit.soon(ended, "the wait to end"), "enough", "the outcome");
      await kit.advance(LEASE_MS * 0.2);
      await layer.groupSend("group", numbered(0));
      for (const channel of channels) same(await kit.take(layer, channel, 1), [0], `what ${channel} got`);
    },
  },
  {
    title: "begins the lease of a channel that joins again anew",
    async check(kit) {
      await using layer = await kit.create(LIMITS);
      const channels = [layer.newChannel().name, "worker"];
      for (const channel of channels) await layer.groupAdd("group", channel);
      await kit.advance(LEASE_MS * 0.6);
      for (const channel of channels) await layer.groupAdd("group", channel);
      await kit.advance(LEASE_MS * 0.6);
      await layer.groupSend("group", numbered(0));
      for (const channel of channels) same(await kit.take(layer, channel, 1), [0], `what ${channel} got`);
    },
  },
  {
    title: "does not bring back a membership whose lease has ended when somebody receives again",
    async check(kit) {
      await using layer = await kit.create(LIMITS);
      const channels = [layer.newChannel().name, "worker"];
      for (const channel of channels) await layer.groupAdd("group", channel);
      await kit.advance(LEASE_MS * 1.2);
      for (const channel of channels) same(await kit.comesNext(layer, channel), -1, `what ${channel} got then`);
      await layer.groupSend("group", numbered(0));
      for (const channel of channels) same(await kit.comesNext(layer, channel), -1, `what ${channel} got by the group`);
      for (const channel of channels) {
        await layer.groupAdd("group 2", channel);
        await layer.groupSend("group", numbered(1));
        same(await kit.comesNext(layer, channel), -1, `what ${channel} got by it after it had joined another`);
      }
    },
  },
  {
    title: "keeps a channel with a receiver in its groups however long nothing comes",
    async check(kit) {
      await using layer = await kit.create(LIMITS);
      const receiver = new Collector();
      await layer.groupAdd("group", layer.newChannel(receiver));
      await kit.advance(LEASE_MS * 1.5);
      await layer.groupSend("group", numbered(0));
      await kit.until(() => receiver.numbers.length > 0, "the message to reach the receiver");
    },
  },
];
