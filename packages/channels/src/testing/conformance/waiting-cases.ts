/** Waiting for messages: by several, given up, and ended. */
import { check, same, tended } from "./assertions.ts";
import { numbered, sorted, upTo, type KitCase, type Numbered } from "./harness.ts";

/** See the head of this file. */
export const WAITING_CASES: readonly KitCase[] = [
  {
    title: "gives each message to one of several who wait",
    async check(kit) {
      await using layer = await kit.create();
      for (const channel of [layer.newChannel().name, "worker"]) {
        const waiting = upTo(5).map(() => kit.take(layer, channel, 1));
        for (const n of upTo(5)) await layer.send(channel, numbered(n));
        same(sorted((await Promise.all(waiting)).flat()), upTo(5), "what they got together");
      }
    },
  },
  {
    title: "says that it listens when there is no message yet, and brings what is sent from then on",
    async check(kit) {
      await using layer = await kit.create();
      for (const channel of [layer.newChannel().name, "worker"]) {
        let count = 0;
        const receive = (): Promise<unknown> => tended(layer.receive(channel, { onListening: () => (count += 1) }));
        await layer.send(channel, numbered(0));
        same(await kit.soon(receive(), "the message that was there"), numbered(0), "what was there");
        same(count, 0, "how often it listened for what was there");
        const waiting = receive();
        await kit.until(() => count > 0, "it to say that it listens");
        await layer.send(channel, numbered(1));
        same(await kit.soon(waiting, "the message that was sent then"), numbered(1), "what was sent then");
      }
    },
  },
  {
    title: "takes nothing for a signal that is aborted already",
    async check(kit) {
      await using layer = await kit.create();
      for (const channel of [layer.newChannel().name, "worker"]) {
        await layer.send(channel, numbered(0));
        const outcome = await layer.receive(channel, { signal: AbortSignal.abort("enough") }).catch((error) => error);
        same(outcome, "enough", "the outcome");
        same(await kit.take(layer, channel, 1), [0], "what the next one got");
      }
    },
  },
  {
    title: "ends the wait whose signal is aborted with its reason, and no other",
    async check(kit) {
      await using layer = await kit.create();
      for (const channel of [layer.newChannel().name, "worker"]) {
        const aborting = new AbortController();
        const given = layer.receive(channel, { signal: aborting.signal }).catch((error: unknown) => error);
        const other = kit.take(layer, channel, 1);
        aborting.abort("enough");
        same(await kit.soon(given, "the wait to end"), "enough", "the outcome of the one that gave up");
        await layer.send(channel, numbered(0));
        same(await other, [0], "what the other got");
      }
    },
  },
  {
    title: "loses nothing when a receive is aborted, whenever that is",
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
        same(await kit.comesNext(layer, channel), -1, "what came next");
      }
    },
  },
  {
    title: "ends a wait when its channel is closed, and drops and counts what waited there",
    async check(kit) {
      await using layer = await kit.create();
      const [empty, full] = [layer.newChannel(), layer.newChannel()];
      for (const n of upTo(3)) await layer.send(full.name, numbered(n));
      const woken = kit.rejects(layer.receive(empty.name), "CHANNELS_CONFIGURATION", "a receive that waited");
      for (const channel of [empty, full]) {
        await channel.close();
        await channel.close();
        await kit.rejects(layer.receive(channel.name), "CHANNELS_CONFIGURATION", "a receive afterwards");
      }
      await woken;
      same(layer.dropped, 3, "the number of drops");
      await layer.send(full.name, numbered(3));
      same(layer.dropped, 4, "the number of drops with what was sent afterwards");
    },
  },
  {
    title: "refuses to receive from a channel of somebody else",
    async check(kit) {
      await using layer = await kit.create();
      await using other = await kit.create();
      for (const name of [other.newChannel().name, "nobody!1"]) {
        await kit.rejects(layer.receive(name), "CHANNELS_CONFIGURATION", `receive from ${name}`);
      }
      check(layer.dropped === 0, "nothing to be dropped");
    },
  },
];
