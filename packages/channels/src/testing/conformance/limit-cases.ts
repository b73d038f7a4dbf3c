/** What does not fit, and what stays too long: refused, dropped and counted. */
import { same, tended } from "./assertions.ts";
import { numbered, upTo, WIDE, type KitCase } from "./harness.ts";

/** Long enough for a busy machine to do in a part of it what a case does between two looks at the clock. */
const EXPIRY_MS = 1_000;

/** See the head of this file. */
export const LIMIT_CASES: readonly KitCase[] = [
  {
    title: "refuses a message to a channel whose capacity waits, counts it, and keeps the rest",
    async check(kit) {
      await using layer = await kit.create({ ...WIDE, capacity: 3 });
      same(layer.capacity, 3, "the capacity it says it has");
      for (const channel of [layer.newChannel().name, "worker"]) {
        const before = layer.dropped;
        for (const n of upTo(3)) await layer.send(channel, numbered(n));
        for (const n of [3, 4]) {
          await kit.rejects(layer.send(channel, numbered(n)), "CHANNELS_CHANNEL_FULL", "a message too many");
        }
        same(layer.dropped - before, 2, "the number of drops");
        same(await kit.take(layer, channel, 1), [0], "the first that was waiting");
        await layer.send(channel, numbered(5));
        same(await kit.take(layer, channel, 3), [1, 2, 5], "the others, and what came when there was room again");
      }
    },
  },
  {
    title: "gives each channel a capacity of its own",
    async check(kit) {
      await using layer = await kit.create({ ...WIDE, capacity: 3 });
      const channels = [layer.newChannel().name, layer.newChannel().name, "worker", "worker 2"];
      for (const channel of channels) for (const n of upTo(3)) await layer.send(channel, numbered(n));
      for (const channel of channels) same(await kit.take(layer, channel, 3), upTo(3), `what waited for ${channel}`);
      same(layer.dropped, 0, "the number of drops");
    },
  },
  {
    title: "keeps a message for the time of its expiry, then drops and counts it, and has room again",
    async check(kit) {
      await using layer = await kit.create({ ...WIDE, capacity: 3, expiryMs: EXPIRY_MS });
      const channels = [layer.newChannel().name, "worker"];
      for (const channel of channels) for (const n of upTo(3)) await layer.send(channel, numbered(n));
      await kit.advance(EXPIRY_MS / 2);
      for (const channel of channels) {
        same(await kit.take(layer, channel, 1), [0], `what ${channel} gets within the time`);
        await layer.send(channel, numbered(3));
      }
      await kit.advance(EXPIRY_MS * 0.6);
      for (const channel of channels) {
        for (const n of [4, 5]) await layer.send(channel, numbered(n));
        same(await kit.take(layer, channel, 3), [3, 4, 5], `what ${channel} gets after the time of the first`);
      }
      same(layer.dropped, 4, "the number of drops");
      for (const channel of channels) await layer.send(channel, numbered(6));
      await kit.advance(EXPIRY_MS * 1.1);
      for (const channel of channels) same(await kit.comesNext(layer, channel), -1, `what ${channel} gets at last`);
      same(layer.dropped, 6, "the number of drops at last");
    },
  },
  {
    title: "drops and counts what has expired when somebody receives, though nothing was sent since",
    async check(kit) {
      await using layer = await kit.create({ ...WIDE, expiryMs: EXPIRY_MS });
      const channels = [layer.newChannel().name, "worker"];
      for (const channel of channels) for (const n of upTo(2)) await layer.send(channel, numbered(n));
      await kit.advance(EXPIRY_MS * 1.1);
      for (const channel of channels) {
        const listening = Promise.withResolvers<string>();
        const waiting = tended(layer.receive(channel, { onListening: () => listening.resolve("listening") }));
        const first = await kit.soon(Promise.race([waiting, listening.promise]), "it to say that it listens");
        same(first, "listening", `what came first to who receives from ${channel}`);
        await layer.send(channel, numbered(2));
        same(await kit.soon(waiting, "the new message"), numbered(2), `what ${channel} got`);
      }
      same(layer.dropped, 4, "the number of drops");
    },
  },
];

/** For layers that limit the size of messages. */
export const SIZE_CASES: readonly KitCase[] = [
  {
    title: "refuses a message that is larger than its limit, as JSON in UTF-8, and carries one that is not",
    async check(kit) {
      await using layer = await kit.create({ ...WIDE, maxMessageBytes: 1_000 });
      const { name } = await kit.member(layer, "group");
      const room = 1_000 - JSON.stringify({ type: "test", text: "" }).length;
      const fitting = { type: "test", text: `${"가".repeat(300)}${"x".repeat(room - 900)}` };
      const large = { ...fitting, text: `${fitting.text}x` };
      for (const [what, send] of [
        ["send", (message) => layer.send(name, message)],
        ["groupSend", (message) => layer.groupSend("group", message)],
      ] satisfies [string, (message: typeof large) => Promise<void>][]) {
        await send(fitting);
        same(await kit.next(layer, name), fitting, `what came by ${what}`);
        await kit.rejects(send(large), "CHANNELS_MESSAGE_TOO_LARGE", `${what} of one byte more`);
      }
      await kit.rejects(layer.send("worker", large), "CHANNELS_MESSAGE_TOO_LARGE", "send to a named channel");
      same(await kit.comesNext(layer, "worker"), -1, "what came to the named channel");
    },
  },
];
