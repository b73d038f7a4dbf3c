import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { InMemoryChannelLayer, type ChannelLayer } from "@lobby/channels";
import {
  FaultyLayer,
  layerConformance,
  type ConformanceHarness,
  type FaultKind,
  type FaultyLayerOptions,
} from "@lobby/channels/testing";
import { numbered } from "../../src/testing/conformance/harness.ts";
import { waitingNumbers } from "../support/waiting-numbers.ts";

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function faulty(options: FaultyLayerOptions, capacity = 10_000): FaultyLayer {
  return new FaultyLayer(new InMemoryChannelLayer({ capacity }), options);
}

/** Sends 1, 2, 3 … and returns the numbers that arrived. */
async function sendAll(layer: ChannelLayer, count: number, channel = "worker"): Promise<number[]> {
  for (const n of upTo(count)) await layer.send(channel, numbered(n));
  return waitingNumbers(layer, channel);
}

function harnessWithoutFaults(): ConformanceHarness {
  let nowMs = 0;
  return {
    create: async (limits) => new FaultyLayer(new InMemoryChannelLayer({ ...limits, now: () => nowMs }), { seed: 1 }),
    async advance(durationMs) {
      nowMs += durationMs;
    },
  };
}

/** Returns the numbers of the dropped messages. */
function dropsOf({ faults }: FaultyLayer): number[] {
  return faults.filter(({ kind }) => kind === "drop").map(({ number }) => number);
}

describe("a faulty layer without faults", () => {
  for (const { title, run } of layerConformance({ isShared: false })) test(title, () => run(harnessWithoutFaults()));
});

describe("the conformance suite fails for a layer that", () => {
  const ORDER = "keeps the order of one sender's messages to one channel";
  const ONCE = "treats joining twice as joining once, and allows a channel that is not a member to leave";
  const GROUP = "sends to a group of 10: each member receives each message once, in order";

  for (const [kind, titles] of [
    ["refuse", [ORDER, ONCE, GROUP]],
    ["drop", [ORDER, ONCE, GROUP]],
    ["duplicate", [ORDER, ONCE, GROUP]],
    ["delay", [ORDER, ONCE, GROUP]],
    ["reorder", [ORDER, GROUP]],
  ] as const) {
    for (const title of titles) {
      test(`${kind}s messages, in the case "${title}"`, async () => {
        const layers: ChannelLayer[] = [];
        const created: ConformanceHarness = {
          create: async (limits) => {
            const layer = new FaultyLayer(new InMemoryChannelLayer(limits), { seed: 3, [kind]: 0.5 });
            layers.push(layer);
            return layer;
          },
          advance: async () => undefined,
        };
        const found = layerConformance({ isShared: false }).find((each) => each.title === title);
        const outcome = found?.run(created).then(
          () => "passed",
          () => "failed",
        );
        // Ends the waits of the case.
        for (let count = 0; count < 100; count += 1) await nextTurn();
        for (const layer of layers) await layer.close();
        assert.equal(await outcome, "failed");
      });
    }
  }
});

describe("a fault", () => {
  test("refuses a message: send rejects, and nothing is sent", async () => {
    const layer = faulty({ seed: 1, refuse: 1 });
    await layer.groupAdd("group", "worker");
    const refused = { code: "CHANNELS_LAYER_UNAVAILABLE", isRetryable: true };
    await assert.rejects(layer.send("worker", numbered(1)), refused);
    await assert.rejects(layer.groupSend("group", numbered(2)), refused);
    assert.deepEqual(await waitingNumbers(layer, "worker"), []);
    assert.deepEqual([layer.counts.refuse, layer.dropped], [2, 0]);
  });

  test("that refuses a message still delivers the messages that waited for it", async () => {
    const layer = faulty({ seed: 2, refuse: 0.3, reorder: 0.5 });
    const refused: number[] = [];
    for (const n of upTo(50)) await layer.send("worker", numbered(n)).catch(() => refused.push(n));
    await layer.release();
    assert.ok(refused.length > 5);
    const sent = upTo(50).filter((n) => !refused.includes(n));
    assert.deepEqual(
      (await waitingNumbers(layer, "worker")).toSorted((a, b) => a - b),
      sent,
    );
  });

  test("drops a message and counts it, and send resolves", async () => {
    const layer = faulty({ seed: 1, drop: 1 });
    assert.deepEqual(await sendAll(layer, 3), []);
    await layer.groupAdd("group", "worker");
    await layer.groupSend("group", numbered(4));
    assert.deepEqual(await waitingNumbers(layer, "worker"), []);
    assert.equal(layer.dropped, 4);
  });

  test("duplicates a message", async () => {
    const layer = faulty({ seed: 1, duplicate: 1 });
    assert.deepEqual(await sendAll(layer, 2), [1, 1, 2, 2]);
  });

  test("reorders two messages", async () => {
    const layer = faulty({ seed: 1, reorder: 1 });
    assert.deepEqual(await sendAll(layer, 5), [2, 1, 4, 3]);
    assert.equal(layer.held, 1);
    await layer.release();
    assert.deepEqual(await waitingNumbers(layer, "worker"), [5]);
  });

  test("reorders messages for one channel or group only", async () => {
    const layer = faulty({ seed: 1, reorder: 1 });
    await layer.groupAdd("a", "in a group");
    await layer.send("a", numbered(1));
    await layer.send("b", numbered(2));
    await layer.groupSend("a", numbered(3));
    assert.equal(layer.held, 3);
    await layer.groupSend("a", numbered(4));
    await layer.send("a", numbered(5));
    assert.deepEqual(await waitingNumbers(layer, "in a group"), [4, 3]);
    assert.deepEqual(await waitingNumbers(layer, "a"), [5, 1]);
    assert.deepEqual(await waitingNumbers(layer, "b"), []);
  });

  test("delays a message until a number of other messages were sent, to any target", async () => {
    const layer = faulty({ seed: 1, delay: 1, delayMessages: 2 });
    await layer.send("worker", numbered(1));
    await layer.send("elsewhere", numbered(2));
    assert.deepEqual(await waitingNumbers(layer, "worker"), []);
    await layer.send("elsewhere", numbered(3));
    assert.deepEqual(await waitingNumbers(layer, "worker"), [1]);
    assert.equal(layer.held, 2);
    await layer.release();
    assert.deepEqual(await waitingNumbers(layer, "elsewhere"), [2, 3]);
    assert.equal(layer.held, 0);
  });

  test("lets three messages overtake a delayed one by default", async () => {
    const layer = faulty({ seed: 10, delay: 0.02 });
    const numbers = await sendAll(layer, 50);
    const [late = 0, ...more] = layer.faults.map(({ number }) => number);
    assert.deepEqual(more, []);
    const overtaken = numbers.slice(0, numbers.indexOf(late)).filter((n) => n > late);
    assert.deepEqual(overtaken, [late + 1, late + 2, late + 3]);
  });

  test("holds no message after the layer is flushed or closed", async () => {
    const layer = faulty({ seed: 1, delay: 1 });
    await layer.send("worker", numbered(1));
    await layer.flush();
    await layer.release();
    assert.deepEqual(await waitingNumbers(layer, "worker"), []);
    await layer.send("worker", numbered(2));
    await layer.close();
    assert.equal(layer.held, 0);
    await assert.rejects(layer.send("worker", numbered(3)), { code: "CHANNELS_LAYER_CLOSED" });
  });

  test("counts a late message without room, and no send rejects", async () => {
    const layer = faulty({ seed: 1, reorder: 1 }, 1);
    await layer.send("worker", numbered(1));
    await layer.send("worker", numbered(2));
    assert.deepEqual(await waitingNumbers(layer, "worker"), [2]);
    assert.equal(layer.dropped, 1);
  });

  test("does not hide that a channel is full", async () => {
    const layer = faulty({ seed: 1, duplicate: 1 }, 2);
    await layer.send("worker", numbered(1));
    await assert.rejects(layer.send("worker", numbered(2)), { code: "CHANNELS_CHANNEL_FULL" });
  });

  test("keeps the exception of a group's message", async () => {
    const layer = faulty({ seed: 1, duplicate: 1 });
    for (const channel of ["author", "reader"]) await layer.groupAdd("group", channel);
    await layer.groupSend("group", numbered(1), { except: "author" });
    assert.deepEqual([await waitingNumbers(layer, "author"), await waitingNumbers(layer, "reader")], [[], [1, 1]]);
  });

  test("does not replace the errors for invalid names and messages", async () => {
    const layer = faulty({ seed: 1, drop: 1 });
    await assert.rejects(layer.send("", numbered(1)), { code: "CHANNELS_INVALID_NAME" });
    await assert.rejects(layer.groupSend("", numbered(1)), { code: "CHANNELS_INVALID_NAME" });
    await assert.rejects(layer.send("worker", { type: "" }), { code: "CHANNELS_INVALID_MESSAGE" });
    assert.deepEqual(layer.faults, []);
  });
});

describe("the seed", () => {
  const ALL = { drop: 0.1, duplicate: 0.1, delay: 0.1, reorder: 0.1 };

  test("determines which message gets which fault", async () => {
    const [first, second, other] = [
      faulty({ seed: 7, ...ALL }),
      faulty({ seed: 7, ...ALL }),
      faulty({ seed: 8, ...ALL }),
    ];
    assert.deepEqual(await sendAll(first, 200), await sendAll(second, 200));
    await sendAll(other, 200);
    assert.deepEqual(first.faults, second.faults);
    assert.notDeepEqual(first.faults, other.faults);
  });

  test("gives one kind of fault to the same messages, with or without other kinds", async () => {
    const [alone, among] = [faulty({ seed: 7, drop: 0.1 }), faulty({ seed: 7, ...ALL })];
    await sendAll(alone, 200);
    await sendAll(among, 200);
    assert.ok(dropsOf(alone).length > 5);
    assert.deepEqual(dropsOf(alone), dropsOf(among));
  });

  test("gives each fault its probability", async () => {
    for (const kind of ["drop", "duplicate", "delay"] as const) {
      const layer = faulty({ seed: 42, [kind]: 0.2 }, 100_000);
      await sendAll(layer, 10_000);
      const { [kind]: count } = layer.counts;
      assert.ok(count > 1_900 && count < 2_100, `${count} of ${kind}`);
    }
  });
});

test("faults are listed and counted, and appear in the layer's text with the seed", async () => {
  const layer = faulty({ seed: 5, drop: 0.5, duplicate: 1 });
  assert.equal(String(layer), "faults by seed 5: none");
  await layer.groupSend("로비", numbered(1));
  await layer.send("worker", numbered(2));
  const kinds = layer.faults.map(({ kind }) => kind);
  assert.deepEqual(layer.faults, [
    { kind: kinds[0], number: 1, target: 'group "로비"', message: numbered(1) },
    { kind: kinds[1], number: 2, target: 'channel "worker"', message: numbered(2) },
  ]);
  assert.deepEqual(
    kinds.toSorted((a: FaultKind, b: FaultKind) => a.localeCompare(b)),
    [...Array<string>(layer.counts.drop).fill("drop"), ...Array<string>(layer.counts.duplicate).fill("duplicate")],
  );
  assert.equal(
    String(layer),
    `faults by seed 5: ${kinds[0]} of message 1, "test.numbered" to group "로비"; ${kinds[1]} of message 2, "test.numbered" to channel "worker"`,
  );
  await sendAll(layer, 30);
  assert.match(String(layer), /^faults by seed 5: 12 before, then /);
});

describe("a faulty layer refuses", () => {
  const inner = new InMemoryChannelLayer();
  for (const [what, options, message] of [
    [
      "an unknown option",
      { seed: 1, drops: 0.1 },
      "FaultyLayer has no option `drops`, only `seed`, `refuse`, `drop`, `duplicate`, `delay`, `reorder`, `delayMessages`.",
    ],
    ["no seed", {}, "Expected `seed` to be an integer, got `undefined`."],
    ["a fractional seed", { seed: 0.5 }, "Expected `seed` to be an integer, got `0.5`."],
    ["a probability below 0", { seed: 1, drop: -0.1 }, "Expected `drop` to be a number from 0 to 1, got `-0.1`."],
    ["a probability above 1", { seed: 1, reorder: 1.1 }, "Expected `reorder` to be a number from 0 to 1, got `1.1`."],
    ["NaN as a probability", { seed: 1, delay: NaN }, "Expected `delay` to be a number from 0 to 1, got `NaN`."],
    [
      "a delay of 0 messages",
      { seed: 1, delayMessages: 0 },
      "Expected `delayMessages` to be an integer from 1 up, got `0`.",
    ],
  ] as const) {
    test(what, () => {
      assert.throws(() => new FaultyLayer(inner, options as FaultyLayerOptions), {
        code: "CHANNELS_CONFIGURATION",
        message,
      });
    });
  }
});
