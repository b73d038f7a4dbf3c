/** The cases of `receive`: concurrent, aborted and ended calls. */
import { check, same, handled } from "./assertions.ts";
import { numbered, sorted, upTo, type KitCase, type Numbered } from "./harness.ts";

/** The cases of `receive`. */
export const WAITING_CASES: readonly KitCase[] = [
  {
    title: "delivers each message to one of several `receive` calls",
    async check(kit) {
      await using layer = await kit.create();
      for (const channel of [layer.newChannel().name, "worker"]) {
        const waiting = upTo(5).map(() => kit.take(layer, channel, 1));
        for (const n of upTo(5)) await layer.send(channel, numbered(n));
        same(sorted((await Promise.all(waiting)).flat()), upTo(5), "the messages of all receives");
      }
    },
  },
  {
    title: "calls onListening when no message waits, and delivers later messages",
    async check(kit) {
      await using layer = await kit.create();
      for (const channel of [layer.newChannel().name, "worker"]) {
        let count = 0;
        const receive = (): Promise<unknown> => handled(layer.receive(channel, { onListening: () => (count += 1) }));
        await layer.send(channel, numbered(0));
        same(await kit.soon(receive(), "the waiting message"), numbered(0), "the waiting message");
        same(count, 0, "the calls of onListening before the message");
        const waiting = receive();
        await kit.until(() => count > 0, "a call of onListening");
        await layer.send(channel, numbered(1));
        same(await kit.soon(waiting, "the later message"), numbered(1), "the later message");
      }
    },
  },
  {
    title: "takes no message for an aborted signal",
    async check(kit) {
      await using layer = await kit.create();
      for (const channel of [layer.newChannel().name, "worker"]) {
        await layer.send(channel, numbered(0));
        const outcome = await layer.receive(channel, { signal: AbortSignal.abort("enough") }).catch((error) => error);
        same(outcome, "enough", "the outcome");
        same(await kit.take(layer, channel, 1), [0], "the messages of the next one");
      }
    },
  },
  {
    title: "ends exactly the `receive` whose signal aborts, with the reason of the signal",
    async check(kit) {
      await using layer = await kit.create();
      for (const channel of [layer.newChannel().name, "worker"]) {
        const aborting = new AbortController();
        const given = layer.receive(channel, { signal: aborting.signal }).catch((error: unknown) => error);
        const other = kit.take(layer, channel, 1);
        aborting.abort("enough");
        same(await kit.soon(given, "the wait to end"), "enough", "the outcome of the aborted receive");
        await layer.send(channel, numbered(0));
        same(await other, [0], "the messages of the other");
      }
    },
  },
  {
    title: "loses no message when the signal of a `receive` aborts, at any moment",
    async check(kit) {
      await using layer = await kit.create();
      for (const channel of [layer.newChannel().name, "worker"]) {
        for (const round of upTo(60)) {
          const aborting = new AbortController();
          const received = layer.receive(channel, { signal: aborting.signal }).catch((error: unknown) => error);
          const sent = layer.send(channel, numbered(round));
          if (round % 3 === 1) await Promise.resolve();
          if (round % 3 === 2) await sent;
          aborting.abort(new Error("enough"));
          await sent;
          const outcome = await kit.soon(received, "the wait to end");
          const got = outcome instanceof Error ? (await kit.take(layer, channel, 1))[0] : (outcome as Numbered).n;
          same(got, round, `the message of round ${round}`);
        }
        same(await kit.nextNumber(layer, channel), -1, "the next message");
      }
    },
  },
  {
    title: "ends a `receive` when its channel closes, and drops and counts the waiting messages",
    async check(kit) {
      await using layer = await kit.create();
      const [empty, full] = [layer.newChannel(), layer.newChannel()];
      for (const n of upTo(3)) await layer.send(full.name, numbered(n));
      const ended = kit.rejects(layer.receive(empty.name), "CHANNELS_CONFIGURATION", "a receive that waited");
      for (const channel of [empty, full]) {
        await channel.close();
        await channel.close();
        await kit.rejects(layer.receive(channel.name), "CHANNELS_CONFIGURATION", "a receive afterwards");
      }
      await ended;
      same(layer.dropped, 3, "the number of drops");
      await layer.send(full.name, numbered(3));
      same(layer.dropped, 4, "the number of drops after a later message");
    },
  },
  {
    title: "refuses to receive from a channel of another process",
    async check(kit) {
      await using layer = await kit.create();
      await using other = await kit.create();
      for (const name of [other.newChannel().name, "unknown!1"]) {
        await kit.rejects(layer.receive(name), "CHANNELS_CONFIGURATION", `receive from ${name}`);
      }
      check(layer.dropped === 0, "nothing to be dropped");
    },
  },
];
