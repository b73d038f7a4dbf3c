/** The cases of several processes. Each layer stands for one process. */
import { check, same } from "./assertions.ts";
import { Collector } from "./collector.ts";
import { numbered, sorted, upTo, WIDE, type KitCase, type Numbered } from "./harness.ts";

/** Returns `done`, or the code of the error. */
function outcomeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "done",
    (error: { readonly code?: unknown }) => String(error.code),
  );
}

/** The cases of several processes. */
export const SHARED_CASES: readonly KitCase[] = [
  {
    title: "reaches a channel of another process, and a named channel",
    async check(kit) {
      await using here = await kit.create();
      await using there = await kit.create();
      for (const channel of [there.newChannel().name, "worker"]) {
        await Promise.all(upTo(100).map((n) => here.send(channel, numbered(n))));
        same(await kit.take(there, channel, 100), upTo(100), "the messages of the other process");
      }
    },
  },
  {
    title: "delivers the messages of a group to the members in every process, in the same order",
    async check(kit) {
      await using here = await kit.create();
      await using there = await kit.create();
      const members = await Promise.all(
        [here, there, there].map(async (layer) => ({ layer, channel: await kit.member(layer, "group") })),
      );
      const senders = [here, there].map((layer, sender) =>
        Promise.all(upTo(100).map((n) => layer.groupSend("group", numbered(sender * 1000 + n)))),
      );
      await Promise.all(senders);
      const received = await Promise.all(members.map(({ layer, channel }) => kit.take(layer, channel.name, 200)));
      for (const numbers of received) same(numbers, received[0], "the order that a member saw");
      for (const sender of [0, 1]) {
        const ofSender = (received[0] ?? []).filter((n) => Math.floor(n / 1000) === sender);
        same(
          ofSender,
          upTo(100).map((n) => sender * 1000 + n),
          "the order of one sender",
        );
      }
    },
  },
  {
    title: "delivers each message of a named channel to one process",
    async check(kit) {
      await using here = await kit.create();
      await using there = await kit.create();
      const enough = new AbortController();
      const received: number[] = [];
      const work = async (layer: typeof here): Promise<void> => {
        for (;;) received.push(((await layer.receive("worker", { signal: enough.signal })) as Numbered).n);
      };
      const workers = [work(here), work(there)].map((worker) => worker.catch(() => undefined));
      for (const n of upTo(50)) await here.send("worker", numbered(n));
      await kit.until(() => received.length >= 50, "50 messages");
      enough.abort(new Error("enough"));
      await Promise.all(workers);
      same(sorted(received), upTo(50), "the messages of both processes");
      same(await kit.nextNumber(here, "worker"), -1, "the next message");
    },
  },
  {
    title: "skips a member of another process that `except` names",
    async check(kit) {
      await using here = await kit.create();
      await using there = await kit.create();
      const [author, reader] = [await kit.member(there, "group"), await kit.member(there, "group")];
      const away = await kit.member(here, "group");
      await here.groupSend("group", numbered(0), { except: author.name });
      same(await kit.take(here, away.name, 1), [0], "the messages of a member here");
      same(await kit.take(there, reader.name, 1), [0], "the messages of a member there");
      same(await kit.nextNumber(there, author.name, "group"), -1, "the next message of the exception");
    },
  },
  {
    title: "adds a channel of another process to a group and removes it, or throws",
    async check(kit) {
      await using here = await kit.create();
      await using there = await kit.create();
      const { name } = there.newChannel();
      const joined = await kit.soon(outcomeOf(here.groupAdd("group", name)), "an answer of groupAdd");
      if (joined === "done") {
        await here.groupSend("group", numbered(0));
        same(await kit.take(there, name, 1), [0], "the messages of the channel");
      }
      const member = await kit.member(there, "other group");
      const left = await kit.soon(
        outcomeOf(here.groupDiscard("other group", member.name)),
        "an answer of groupDiscard",
      );
      if (left === "done") {
        await here.groupSend("other group", numbered(1));
        same(await kit.nextNumber(there, member.name), -1, "the next message after the removal");
      }
      for (const outcome of [joined, left]) {
        check(["done", "CHANNELS_CONFIGURATION"].includes(outcome), `no other error, got ${outcome}`);
      }
    },
  },
  {
    title: "counts each miss of a channel of another process once, in either process",
    async check(kit) {
      await using here = await kit.create({ ...WIDE, capacity: 2 });
      await using there = await kit.create({ ...WIDE, capacity: 2 });
      const [full, closed] = [there.newChannel(), there.newChannel()];
      const { name: closedName } = closed;
      await closed.close();
      for (const n of upTo(2)) await here.send(full.name, numbered(n));
      // It depends on the layer whether the sender gets an error.
      const outcome = await outcomeOf(here.send(full.name, numbered(2)));
      check(["done", "CHANNELS_CHANNEL_FULL"].includes(outcome), `no other error, got ${outcome}`);
      await here.send(closedName, numbered(3));
      await kit.until(() => here.dropped + there.dropped >= 2, "both messages to be counted");
      same(await kit.take(there, full.name, 2), upTo(2), "the waiting messages");
      same(await kit.nextNumber(there, full.name), -1, "the next message");
      same(here.dropped + there.dropped, 2, "the number of drops");
    },
  },
  {
    title: "keeps a named channel in its groups while a receive of any process waits",
    async check(kit) {
      const limits = { ...WIDE, leaseMs: 1_000 };
      await using here = await kit.create(limits);
      await using there = await kit.create(limits);
      await here.groupAdd("group", "worker");
      const waiting = kit.take(there, "worker", 1);
      await kit.advance(1_500);
      await here.groupSend("group", numbered(0));
      same(await waiting, [0], "the messages of the other process");
      await there.groupDiscard("group", "worker");
      await here.groupSend("group", numbered(1));
      same(await kit.nextNumber(here, "worker"), -1, "the next message after the other process removed it");
    },
  },
  {
    title: "removes the messages and memberships of every process when one process flushes it",
    async check(kit) {
      await using here = await kit.create();
      await using there = await kit.create();
      const member = await kit.member(there, "group");
      await here.send(member.name, numbered(0));
      await here.flush();
      await here.groupSend("group", numbered(1));
      await here.send(member.name, numbered(2));
      same(await kit.take(there, member.name, 1), [2], "the message after the flush");
    },
  },
  {
    title: "delivers no message to a process that has closed it, and counts messages to its channels as drops",
    async check(kit) {
      await using here = await kit.create();
      const there = await kit.create();
      const receiver = new Collector();
      const gone = there.newChannel(receiver);
      await there.groupAdd("group", gone);
      const { name } = gone;
      const member = await kit.member(here, "group");
      await there.close();
      await here.groupSend("group", numbered(0));
      await here.send(name, numbered(1));
      same(await kit.take(here, member.name, 1), [0], "the messages of the remaining member");
      same(here.dropped, 1, "the number of drops");
      same(receiver.numbers, [], "the messages of the receiver of the closed layer");
    },
  },
  {
    title: "keeps a message of a named channel when a process closes it during the `receive`",
    async check(kit) {
      await using here = await kit.create();
      for (const round of upTo(20)) {
        const there = await kit.create();
        const received = there.receive("worker").then(
          (message) => (message as Numbered).n,
          () => undefined,
        );
        const sent = here.send("worker", numbered(round));
        if (round % 2 === 1) await sent;
        await there.close();
        await sent;
        const got = (await received) ?? (await kit.take(here, "worker", 1))[0];
        same(got, round, `the message of round ${round}`);
      }
    },
  },
  {
    title: "reaches a process that starts later",
    async check(kit) {
      await using here = await kit.create();
      const member = await kit.member(here, "group");
      await here.groupSend("group", numbered(0));
      await using late = await kit.create();
      const fresh = await kit.member(late, "group");
      await here.groupSend("group", numbered(1));
      await late.groupSend("group", numbered(2));
      same(await kit.take(late, fresh.name, 2), [1, 2], "the messages of the new process");
      same(await kit.take(here, member.name, 3), [0, 1, 2], "the messages of the member");
    },
  },
];
