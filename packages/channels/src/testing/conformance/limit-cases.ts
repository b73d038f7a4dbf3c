/** The cases of the capacity of channels, and of the expiry and the size of messages. */
import { same, handled } from "./assertions.ts";
import { numbered, upTo, WIDE, type KitCase } from "./harness.ts";

/** Longer than a busy machine needs for any step of a case. */
const EXPIRY_MS = 1_000;

/** The cases of capacity and expiry. */
export const LIMIT_CASES: readonly KitCase[] = [
  {
    title: "refuses a message to a full channel, counts the drop, and keeps the waiting messages",
    async check(kit) {
      await using layer = await kit.create({ ...WIDE, capacity: 3 });
      same(layer.capacity, 3, "the capacity");
      for (const channel of [layer.newChannel().name, "worker"]) {
        const before = layer.dropped;
        for (const n of upTo(3)) await layer.send(channel, numbered(n));
        for (const n of [3, 4]) {
          await kit.rejects(layer.send(channel, numbered(n)), "CHANNELS_CHANNEL_FULL", "a message beyond the capacity");
        }
        same(layer.dropped - before, 2, "the number of drops");
        same(await kit.take(layer, channel, 1), [0], "the first waiting message");
        await layer.send(channel, numbered(5));
        same(await kit.take(layer, channel, 3), [1, 2, 5], "the other messages and the one that was sent later");
      }
    },
  },
  {
    title: "applies its capacity to each channel separately",
    async check(kit) {
      await using layer = await kit.create({ ...WIDE, capacity: 3 });
      const channels = [layer.newChannel().name, layer.newChannel().name, "worker", "worker 2"];
      for (const channel of channels) for (const n of upTo(3)) await layer.send(channel, numbered(n));
      for (const channel of channels)
        same(await kit.take(layer, channel, 3), upTo(3), `the waiting messages of ${channel}`);
      same(layer.dropped, 0, "the number of drops");
    },
  },
  {
    title: "keeps a message until it expires, then drops and counts it, and has room again",
    async check(kit) {
      await using layer = await kit.create({ ...WIDE, capacity: 3, expiryMs: EXPIRY_MS });
      const channels = [layer.newChannel().name, "worker"];
      for (const channel of channels) for (const n of upTo(3)) await layer.send(channel, numbered(n));
      await kit.advance(EXPIRY_MS / 2);
      for (const channel of channels) {
        same(await kit.take(layer, channel, 1), [0], `the messages of ${channel} within the time`);
        await layer.send(channel, numbered(3));
      }
      await kit.advance(EXPIRY_MS * 0.6);
      for (const channel of channels) {
        for (const n of [4, 5]) await layer.send(channel, numbered(n));
        same(await kit.take(layer, channel, 3), [3, 4, 5], `the messages of ${channel} after the time of the first`);
      }
      same(layer.dropped, 4, "the number of drops");
      for (const channel of channels) await layer.send(channel, numbered(6));
      await kit.advance(EXPIRY_MS * 1.1);
      for (const channel of channels)
        same(await kit.nextNumber(layer, channel), -1, `the messages of ${channel} at last`);
      same(layer.dropped, 6, "the number of drops at last");
    },
  },
  {
    title: "drops and counts expired messages at a receive, also when nothing was sent since",
    async check(kit) {
      await using layer = await kit.create({ ...WIDE, expiryMs: EXPIRY_MS });
      const channels = [layer.newChannel().name, "worker"];
      for (const channel of channels) for (const n of upTo(2)) await layer.send(channel, numbered(n));
      await kit.advance(EXPIRY_MS * 1.1);
      for (const channel of channels) {
        const listening = Promise.withResolvers<string>();
        const waiting = handled(layer.receive(channel, { onListening: () => listening.resolve("listening") }));
        const first = await kit.soon(Promise.race([waiting, listening.promise]), "a call of onListening");
        same(first, "listening", `the first event of ${channel}`);
        await layer.send(channel, numbered(2));
        same(await kit.soon(waiting, "the new message"), numbered(2), `the messages of ${channel}`);
      }
      same(layer.dropped, 4, "the number of drops");
    },
  },
];

/** The cases of layers that limit the size of messages. */
export const SIZE_CASES: readonly KitCase[] = [
  {
    title: "refuses a message whose JSON in UTF-8 is larger than its limit, and delivers one of exactly the limit",
    async check(kit) {
      await using layer = await kit.create({ ...WIDE, maxMessageBytes: 1_000 });
      const { name } = await kit.member(layer, "group");
      const room = 1_000 - JSON.stringify({ type: "test", text: "" }).length;
      const largest = { type: "test", text: `${"가".repeat(300)}${"x".repeat(room - 900)}` };
      const large = { ...largest, text: `${largest.text}x` };
      for (const [call, send] of [
        ["send", (message) => layer.send(name, message)],
        ["groupSend", (message) => layer.groupSend("group", message)],
      ] satisfies [string, (message: typeof large) => Promise<void>][]) {
        await send(largest);
        same(await kit.next(layer, name), largest, `the message of ${call}`);
        await kit.rejects(send(large), "CHANNELS_MESSAGE_TOO_LARGE", `${call} of one byte more`);
      }
      await kit.rejects(layer.send("worker", large), "CHANNELS_MESSAGE_TOO_LARGE", "send to a named channel");
      same(await kit.nextNumber(layer, "worker"), -1, "the next message of the named channel");
    },
  },
];
