/** The cases of a backend that stops and restarts. */
import type { ChannelLayer } from "../../layers/layer.ts";
import { check, same, handled } from "./assertions.ts";
import { numbered, pause, type KitCase, type Numbered } from "./harness.ts";

/** The cases of restarts. */
export const RESTART_CASES: readonly KitCase[] = [
  {
    title:
      "reconnects after a restart of its backend: members receive messages once and in order, and `receive` calls its hooks",
    async check(kit) {
      await using here = await kit.create();
      await using there = await kit.create();
      const layers = [here, there];
      const members = await Promise.all(layers.map((layer) => kit.member(layer, "group")));
      const calls: string[] = [];
      const waiting = handled(
        there.receive("worker", {
          onListening: () => calls.push("listening"),
          onUnavailable: () => calls.push("unavailable"),
        }),
      );
      await kit.until(() => calls.length > 0, "the receive to listen");

      const load = new Load(here);
      try {
        await kit.until(() => load.sent > 10, "messages before");
        await kit.restart();
        const before = load.last;
        for (const [index, layer] of layers.entries()) {
          const numbers: number[] = [];
          while ((numbers.at(-1) ?? 0) <= before) {
            numbers.push(((await kit.next(layer, members[index]?.name ?? "")) as Numbered).n);
          }
          const isAscending = numbers.every((n, at) => at === 0 || n > (numbers[at - 1] ?? 0));
          check(isAscending, `each message at most once and in order, got ${JSON.stringify(numbers)}`);
        }
      } finally {
        await load.stop();
      }
      for (const code of load.codes) check(code.startsWith("CHANNELS_"), `a permanent code, got ${code}`);
      await kit.until(
        () => calls.includes("unavailable") && calls.at(-1) === "listening",
        "the receive to be unavailable, and to listen again",
      );
      await here.send("worker", numbered(0));
      same(await kit.soon(waiting, "the receive that waited"), numbered(0), "the message of the receive that waited");
    },
  },
  {
    title: "reports the gap to every listener after a restart of its backend, except to a removed listener",
    async check(kit) {
      await using layer = await kit.create();
      const durationsMs: number[] = [];
      let removed = 0;
      layer.onGap(({ durationMs }) => durationsMs.push(durationMs));
      layer.onGap(() => (removed += 1))();
      await kit.restart();
      await kit.until(() => durationsMs.length > 0, "the gap to be reported");
      check(
        durationsMs.every((durationMs) => durationMs > 0),
        `a duration above 0 ms, got ${JSON.stringify(durationsMs)}`,
      );
      check(removed === 0, "the removed listener not to be called");
    },
  },
  {
    title:
      "lets a channel join while its backend is away when the call allows it, and reports the gap once the channel receives",
    async check(kit) {
      await using layer = await kit.create();
      const [member, left, other] = [layer.newChannel(), layer.newChannel(), layer.newChannel()];
      const sends: Promise<unknown>[] = [];
      layer.onGap(() => sends.push(handled(layer.groupSend("group", numbered(1)))));
      let attempts = 0;
      const isRefused = (): Promise<boolean> => {
        attempts += 1;
        return layer.groupAdd(`group ${attempts}`, other).then(
          () => false,
          () => true,
        );
      };
      await kit.restart(async () => {
        await kit.until(isRefused, "a join without `joinWhileAway` to be refused");
        for (const channel of [member, left]) {
          await kit.soon(layer.groupAdd("group", channel, { joinWhileAway: true }), "a join with `joinWhileAway`");
        }
        await layer.groupDiscard("group", left);
      });
      same(await kit.take(layer, member.name, 1), [1], "the message that the listener of the gap sent");
      await kit.soon(Promise.all(sends), "the messages to be sent");
      same(await kit.nextNumber(layer, left.name), -1, "the messages of a channel that left meanwhile");
    },
  },
];

/** A sender of consecutive messages to the group, which continues after errors. */
class Load {
  last = 0;
  sent = 0;
  readonly codes = new Set<string>();
  readonly #sending: Promise<void>;
  #isOver = false;

  constructor(layer: ChannelLayer) {
    this.#sending = this.#send(layer);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#sending;
  }

  async #send(layer: ChannelLayer): Promise<void> {
    while (!this.#isOver) {
      this.last += 1;
      try {
        await layer.groupSend("group", numbered(this.last));
        this.sent += 1;
      } catch (error) {
        this.codes.add(String((error as { readonly code?: unknown }).code));
      }
      await pause();
    }
  }
}
