/** Several processes: each layer of these cases stands for one. */
import { check, same } from "./assertions.ts";
import { comesNext, numbered, sorted, take, upTo, WIDE, type ConformanceCase, type Numbered } from "./harness.ts";

/** See the head of this file. */
export const SHARED_CASES: readonly ConformanceCase[] = [
  {
    title: "reaches a channel of another process, and one with a name that they agreed upon",
    async run({ create }) {
      await using here = await create(WIDE);
      await using there = await create(WIDE);
      for (const channel of [there.newChannel().name, "worker"]) {
        await Promise.all(upTo(100).map((n) => here.send(channel, numbered(n))));
        same(await take(there, channel, 100), upTo(100), "what came over there");
      }
    },
  },
  {
    title: "brings the messages of a group to the members in every process, in the same order",
    async run({ create }) {
      await using here = await create(WIDE);
      await using there = await create(WIDE);
      const members = [here, there, there].map((layer) => ({ layer, channel: layer.newChannel() }));
      await Promise.all(members.map(({ layer, channel }) => layer.groupAdd("group", channel)));
      const senders = [here, there].map((layer, sender) =>
        Promise.all(upTo(100).map((n) => layer.groupSend("group", numbered(sender * 1000 + n)))),
      );
      await Promise.all(senders);
      const received = await Promise.all(members.map(({ layer, channel }) => take(layer, channel.name, 200)));
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
    title: "gives each message of a named channel to one process",
    async run({ create }) {
      await using here = await create(WIDE);
      await using there = await create(WIDE);
      const enough = new AbortController();
      const received: number[] = [];
      const work = async (layer: typeof here): Promise<void> => {
        for (;;) received.push(((await layer.receive("worker", { signal: enough.signal })) as Numbered).n);
      };
      const workers = [work(here), work(there)].map((worker) => worker.catch(() => undefined));
      for (const n of upTo(50)) await here.send("worker", numbered(n));
      for (let turn = 0; turn < 1000 && received.length < 50; turn += 1)
        await here.send("turn", numbered(turn)).then(() => take(here, "turn", 1));
      enough.abort(new Error("enough"));
      await Promise.all(workers);
      same(sorted(received), upTo(50), "what the processes got together");
    },
  },
  {
    title: "goes on when a process ends, and takes in one that begins",
    async run({ create }) {
      await using here = await create(WIDE);
      const there = await create(WIDE);
      const [member, gone] = [here.newChannel(), there.newChannel()];
      await here.groupAdd("group", member);
      await there.groupAdd("group", gone);
      await there.close();
      await here.groupSend("group", numbered(0));
      same(await take(here, member.name, 1), [0], "what the member that is left got");
      await here.send(gone.name, numbered(1));
      check(here.dropped === 1, "a message to a process that is gone to be counted as dropped");

      await using again = await create(WIDE);
      const fresh = again.newChannel();
      await again.groupAdd("group", fresh);
      await here.groupSend("group", numbered(2));
      same(await take(again, fresh.name, 1), [2], "what the new process got");
      same(await comesNext(here, member.name, "group"), 2, "what the member got meanwhile");
    },
  },
];
