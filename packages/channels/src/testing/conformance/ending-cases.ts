/** The cases of flushing and closing a layer. */
import { check, same } from "./assertions.ts";
import { Collector } from "./collector.ts";
import { numbered, type KitCase } from "./harness.ts";

/** The cases of `flush` and `close`. */
export const ENDING_CASES: readonly KitCase[] = [
  {
    title: "removes every waiting message and every membership when a caller flushes it, and continues",
    async check(kit) {
      await using layer = await kit.create();
      const channel = await kit.member(layer, "group");
      await layer.groupAdd("group", "worker");
      for (const name of [channel.name, "worker"]) await layer.send(name, numbered(0));
      await layer.flush();
      await layer.groupSend("group", numbered(1));
      for (const name of [channel.name, "worker"])
        same(await kit.nextNumber(layer, name), -1, `the messages of ${name}`);
      for (const name of [channel.name, "worker"]) {
        await layer.groupAdd("group", name);
        same(await kit.nextNumber(layer, name, "group"), -1, `the group message of ${name} after it joined again`);
        await layer.groupDiscard("group", name);
      }
    },
  },
  {
    title: "ends every `receive` when a caller closes it, and refuses every later call",
    async check(kit) {
      const layer = await kit.create();
      const receiver = new Collector();
      const channel = layer.newChannel();
      await layer.groupAdd("group", layer.newChannel(receiver));
      const { name } = channel;
      const ended = [name, name, "worker", "worker 2"].map((waited) =>
        kit.rejects(layer.receive(waited), "CHANNELS_LAYER_CLOSED", `the receive that waited for ${waited}`),
      );
      await kit.soon(layer.close(), "it to be closed");
      await Promise.all(ended);
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
