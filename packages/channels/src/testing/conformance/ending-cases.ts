/** Beginning anew, and ending. */
import { check, same } from "./assertions.ts";
import { Collector } from "./collector.ts";
import { numbered, type KitCase } from "./harness.ts";

/** See the head of this file. */
export const ENDING_CASES: readonly KitCase[] = [
  {
    title: "forgets every waiting message and every membership when it is flushed, and works on",
    async check(kit) {
      await using layer = await kit.create();
      const channel = await kit.member(layer, "group");
      await layer.groupAdd("group", "worker");
      for (const name of [channel.name, "worker"]) await layer.send(name, numbered(0));
      await layer.flush();
      await layer.groupSend("group", numbered(1));
      for (const name of [channel.name, "worker"]) same(await kit.comesNext(layer, name), -1, `what ${name} got`);
      for (const name of [channel.name, "worker"]) {
        await layer.groupAdd("group", name);
        same(await kit.comesNext(layer, name, "group"), -1, `what came by the group to ${name}, which joined again`);
        await layer.groupDiscard("group", name);
      }
    },
  },
  {
    title: "wakes everybody who waits when it is closed, and refuses everything afterwards",
    async check(kit) {
      const layer = await kit.create();
      const receiver = new Collector();
      const channel = layer.newChannel();
      await layer.groupAdd("group", layer.newChannel(receiver));
      const { name } = channel;
      const woken = [name, name, "worker", "worker 2"].map((waited) =>
        kit.rejects(layer.receive(waited), "CHANNELS_LAYER_CLOSED", `a receive that waited for ${waited}`),
      );
      await kit.soon(layer.close(), "it to be closed");
      await Promise.all(woken);
      const attempts: readonly [string, () => Promise<unknown>][] = [
        ["newChannel", async () => layer.newChannel()],
        ["send", () => layer.send("worker", numbered(0))],
        ["receive", () => layer.receive("worker")],
        ["receive from a channel of its own", () => layer.receive(name)],
        ["groupAdd", () => layer.groupAdd("group", channel)],
        ["groupDiscard", () => layer.groupDiscard("group", channel)],
        ["groupSend", () => layer.groupSend("group", numbered(0))],
        ["flush", () => layer.flush()],
      ];
      for (const [call, attempt] of attempts) {
        await kit.rejects(attempt(), "CHANNELS_LAYER_CLOSED", call);
      }
      check(receiver.numbers.length === 0, "nothing to reach a receiver");
      await layer.close();
      await channel.close();
    },
  },
];
