/** Channels: names, order, capacity, expiry, waiting and ending. */
import type { ChannelMessage } from "../../layers/layer.ts";
import { MAX_NAME_LENGTH } from "../../layers/names.ts";
import { check, rejects, same } from "./assertions.ts";
import { comesNext, numbered, sorted, take, upTo, WIDE, type ConformanceCase } from "./harness.ts";

const GOOD_NAMES = [
  "a",
  "x".repeat(MAX_NAME_LENGTH),
  "로비",
  "👩‍👩‍👧 family",
  "with space",
  "line\nbreak",
  "a/b:c*{d}",
  ".",
];
const BAD_NAMES = ["", "x".repeat(MAX_NAME_LENGTH + 1), "half a pair \ud83d"];

/** Values that must come out as they went in. */
const PAYLOAD = {
  type: "test.payload",
  text: "안녕 👋 \u0000 \u2028",
  numbers: [0, -1, 1.5, 2 ** 53 - 1, 1e-7],
  flags: [true, false, null],
  nested: { deep: [{ deeper: [[]] }], "key with space": {} },
} satisfies ChannelMessage & Record<string, unknown>;

/** See the head of this file. */
export const CHANNEL_CASES: readonly ConformanceCase[] = [
  {
    title: "takes any well-formed text of 1 to 512 code units as the name of a channel or a group",
    async run({ create }) {
      await using layer = await create(WIDE);
      for (const [n, name] of GOOD_NAMES.entries()) {
        await layer.send(name, numbered(n));
        same(await take(layer, name, 1), [n], `what was sent to ${JSON.stringify(name)}`);
        const { name: member } = layer.newChannel();
        await layer.groupAdd(name, member);
        await layer.groupSend(name, numbered(n));
        same(await take(layer, member, 1), [n], `what was sent to the group ${JSON.stringify(name)}`);
      }
    },
  },
  {
    title: "refuses any other name wherever one is given",
    async run({ create }) {
      await using layer = await create(WIDE);
      const { name: member } = layer.newChannel();
      for (const name of BAD_NAMES) {
        const shown = JSON.stringify(name.slice(0, 20));
        const attempts: readonly [string, () => Promise<unknown>][] = [
          ["send", () => layer.send(name, numbered(0))],
          ["receive", () => layer.receive(name)],
          ["groupAdd", () => layer.groupAdd(name, member)],
          ["groupAdd of the channel", () => layer.groupAdd("group", name)],
          ["groupDiscard", () => layer.groupDiscard(name, member)],
          ["groupSend", () => layer.groupSend(name, numbered(0))],
        ];
        for (const [call, attempt] of attempts) {
          await rejects(attempt(), "CHANNELS_INVALID_NAME", `${call} with the name ${shown}`);
        }
      }
    },
  },
  {
    title: "refuses a message without a type",
    async run({ create }) {
      await using layer = await create(WIDE);
      for (const message of [{}, { type: "" }, { type: 5 }, null, "text"] as unknown as ChannelMessage[]) {
        const shown = JSON.stringify(message);
        await rejects(layer.send("channel", message), "CHANNELS_INVALID_MESSAGE", `send of ${shown}`);
        await rejects(layer.groupSend("group", message), "CHANNELS_INVALID_MESSAGE", `groupSend of ${shown}`);
      }
    },
  },
  {
    title: "gives every channel it makes a name of its own",
    async run({ create }) {
      await using first = await create(WIDE);
      await using second = await create(WIDE);
      const names = [first, second].flatMap((layer) => upTo(100).map(() => layer.newChannel().name));
      check(new Set(names).size === names.length, "200 names to be different");
    },
  },
  {
    title: "brings messages as they were sent, to a channel of its own and to a named one",
    async run({ create }) {
      await using layer = await create(WIDE);
      for (const channel of [layer.newChannel().name, "worker"]) {
        await layer.send(channel, PAYLOAD);
        same(await layer.receive(channel), PAYLOAD, "the message");
      }
    },
  },
  {
    title: "brings a message of 1 MB, directly and by a group",
    async run({ create }) {
      await using layer = await create(WIDE);
      const { name } = layer.newChannel();
      await layer.groupAdd("group", name);
      const large = { type: "test.large", text: "가".repeat(350_000) };
      await layer.send(name, large);
      same(await layer.receive(name), large, "the message sent directly");
      await layer.groupSend("group", large);
      same(await layer.receive(name), large, "the message sent by the group");
      await layer.send("worker", large);
      same(await layer.receive("worker"), large, "the message sent to a named channel");
    },
  },
  {
    title: "keeps the order in which one sender sends to one channel",
    async run({ create }) {
      await using layer = await create(WIDE);
      for (const channel of [layer.newChannel().name, "worker"]) {
        await Promise.all(upTo(500).map((n) => layer.send(channel, numbered(n))));
        same(await take(layer, channel, 500), upTo(500), "the order");
      }
    },
  },
  {
    title: "refuses a message to a channel whose capacity waits, counts it, and keeps the rest",
    async run({ create }) {
      await using layer = await create({ ...WIDE, capacity: 3 });
      for (const channel of [layer.newChannel().name, "worker"]) {
        const before = layer.dropped;
        for (const n of upTo(3)) await layer.send(channel, numbered(n));
        await rejects(layer.send(channel, numbered(3)), "CHANNELS_CHANNEL_FULL", "the fourth message");
        same(layer.dropped - before, 1, "the number of drops");
        await layer.send("elsewhere", numbered(9));
        same(await take(layer, "elsewhere", 1), [9], "what another channel gets");
        same(await take(layer, channel, 3), upTo(3), "what was waiting");
        same(await comesNext(layer, channel), -1, "what comes when there is room again");
      }
    },
  },
  {
    title: "drops what nobody received in time, and counts it",
    async run({ create, advance }) {
      await using layer = await create({ ...WIDE, expiryMs: 50 });
      for (const channel of [layer.newChannel().name, "worker"]) {
        const before = layer.dropped;
        await layer.send(channel, numbered(0));
        await layer.send(channel, numbered(1));
        await advance(60);
        same(await comesNext(layer, channel), -1, "what comes after the expiry");
        same(layer.dropped - before, 2, "the number of drops");
      }
    },
  },
  {
    title: "gives each message to one of several who wait",
    async run({ create }) {
      await using layer = await create(WIDE);
      for (const channel of [layer.newChannel().name, "worker"]) {
        const waiting = upTo(5).map(() => take(layer, channel, 1));
        for (const n of upTo(5)) await layer.send(channel, numbered(n));
        same(sorted((await Promise.all(waiting)).flat()), upTo(5), "what they got together");
      }
    },
  },
  {
    title: "says that it listens to a channel when there is no message yet, and hears what is sent from then on",
    async run({ create }) {
      await using layer = await create(WIDE);
      for (const channel of [layer.newChannel().name, "worker"]) {
        const { promise: listening, resolve: onListening } = Promise.withResolvers<void>();
        const received = layer.receive(channel, { onListening });
        await listening;
        await layer.send(channel, numbered(0));
        same(await received, numbered(0), "the message");
      }
    },
  },
  {
    title: "loses nothing when a receive is aborted",
    async run({ create }) {
      await using layer = await create(WIDE);
      for (const channel of [layer.newChannel().name, "worker"]) {
        let expected = 0;
        for (const round of upTo(50)) {
          const aborting = new AbortController();
          const received = layer.receive(channel, { signal: aborting.signal }).catch((error: unknown) => error);
          const sent = layer.send(channel, numbered(round));
          if (round % 3 === 1) await Promise.resolve();
          if (round % 3 === 2) await sent;
          aborting.abort(new Error("enough"));
          await sent;
          const outcome = await received;
          const got = outcome instanceof Error ? (await take(layer, channel, 1))[0] : (outcome as { n: number }).n;
          same(got, expected, `the message of round ${round}`);
          expected += 1;
        }
      }
    },
  },
  {
    title: "wakes everybody who waits when it is closed, and refuses everything afterwards",
    async run({ create }) {
      const layer = await create(WIDE);
      const { name } = layer.newChannel();
      const waiting = [layer.receive(name), layer.receive("worker")];
      const woken = waiting.map((receive) => rejects(receive, "CHANNELS_LAYER_CLOSED", "a receive that waited"));
      await layer.close();
      await Promise.all(woken);
      await rejects(layer.send("worker", numbered(0)), "CHANNELS_LAYER_CLOSED", "send");
      await rejects(layer.receive("worker"), "CHANNELS_LAYER_CLOSED", "receive");
      await rejects(layer.groupAdd("group", name), "CHANNELS_LAYER_CLOSED", "groupAdd");
      await rejects(layer.groupSend("group", numbered(0)), "CHANNELS_LAYER_CLOSED", "groupSend");
      await layer.close();
    },
  },
];
