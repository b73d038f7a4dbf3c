/** The cases of leases: without a receiver, a channel stays in its groups for one lease after its last `receive`. */
import { same } from "./assertions.ts";
import { Collector } from "./collector.ts";
import { numbered, WIDE, type KitCase } from "./harness.ts";

/** Longer than a busy machine needs for any step of a case. */
const LEASE_MS = 1_000;
const LIMITS = { ...WIDE, leaseMs: LEASE_MS };

/** The cases of leases. */
export const LEASE_CASES: readonly KitCase[] = [
  {
    title: "keeps a channel in its groups until one lease after its last `receive`",
    async check(kit) {
      await using layer = await kit.create(LIMITS);
      const channels = [layer.newChannel().name, "worker"];
      for (const channel of channels) {
        await layer.groupAdd("group", channel);
        await layer.groupAdd("group 2", channel);
      }
      await kit.advance(LEASE_MS * 0.6);
      await layer.groupSend("group", numbered(0));
      for (const channel of channels) same(await kit.take(layer, channel, 1), [0], `the messages of ${channel}`);
      // Receiving has renewed the lease.
      await kit.advance(LEASE_MS * 0.6);
      await layer.groupSend("group 2", numbered(1));
      for (const channel of channels)
        same(await kit.take(layer, channel, 1), [1], `the messages of ${channel} in its lease`);
      await kit.advance(LEASE_MS * 1.2);
      await layer.groupSend("group", numbered(2));
      await layer.groupSend("group 2", numbered(3));
      for (const channel of channels)
        same(await kit.nextNumber(layer, channel), -1, `the messages of ${channel} after it`);
      same(layer.dropped, 0, "the number of drops");
      for (const channel of channels) {
        await layer.groupAdd("group", channel);
        await layer.groupSend("group", numbered(4));
        same(await kit.take(layer, channel, 1), [4], `the messages of ${channel} after it had joined again`);
        await layer.groupDiscard("group", channel);
      }
    },
  },
  {
    title: "keeps a channel in its groups while a receive waits",
    async check(kit) {
      await using layer = await kit.create(LIMITS);
      const channels = [layer.newChannel().name, "worker"];
      for (const channel of channels) await layer.groupAdd("group", channel);
      const waiting = channels.map((channel) => kit.take(layer, channel, 1));
      await kit.advance(LEASE_MS * 1.5);
      await layer.groupSend("group", numbered(7));
      for (const took of waiting) same(await took, [7], "the message of the waiting receive");
      // The message has renewed the lease.
      await layer.groupSend("group", numbered(8));
      for (const channel of channels) same(await kit.take(layer, channel, 1), [8], `the messages of ${channel} next`);
    },
  },
  {
    title: "keeps a channel in its groups for a lease after an aborted receive",
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
      for (const channel of channels) same(await kit.take(layer, channel, 1), [0], `the messages of ${channel}`);
    },
  },
  {
    title: "renews the lease of a channel that joins again",
    async check(kit) {
      await using layer = await kit.create(LIMITS);
      const channels = [layer.newChannel().name, "worker"];
      for (const channel of channels) await layer.groupAdd("group", channel);
      await kit.advance(LEASE_MS * 0.6);
      for (const channel of channels) await layer.groupAdd("group", channel);
      await kit.advance(LEASE_MS * 0.6);
      await layer.groupSend("group", numbered(0));
      for (const channel of channels) same(await kit.take(layer, channel, 1), [0], `the messages of ${channel}`);
    },
  },
  {
    title: "does not restore an expired membership at the next receive",
    async check(kit) {
      await using layer = await kit.create(LIMITS);
      const channels = [layer.newChannel().name, "worker"];
      for (const channel of channels) await layer.groupAdd("group", channel);
      await kit.advance(LEASE_MS * 1.2);
      for (const channel of channels) same(await kit.nextNumber(layer, channel), -1, `the messages of ${channel} then`);
      await layer.groupSend("group", numbered(0));
      for (const channel of channels)
        same(await kit.nextNumber(layer, channel), -1, `the messages of ${channel} by the group`);
      for (const channel of channels) {
        await layer.groupAdd("group 2", channel);
        await layer.groupSend("group", numbered(1));
        same(await kit.nextNumber(layer, channel), -1, `the messages of ${channel} by it after it had joined another`);
      }
    },
  },
  {
    title: "keeps a channel with a receiver in its groups without a lease",
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
