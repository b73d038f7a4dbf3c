import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigurationError } from "@lobby/channels/layers";
import { InMemoryChannelLayer, type DroppedMessage } from "@lobby/channels";
import type { InMemoryChannelLayerOptions } from "../../src/layers/memory.ts";
import { FakeClock } from "../support/fake-clock.ts";

interface Note {
  readonly type: "note";
  readonly id: number;
}
const note = (id: number): Note => ({ type: "note", id });

/** Returns every message that waits for a channel. */
async function drain(layer: InMemoryChannelLayer, channel: string): Promise<number[]> {
  const ids: number[] = [];
  const stop = new AbortController();
  // Waiting messages arrive within microtasks, so this aborts the first real wait.
  setImmediate(() => stop.abort());
  try {
    for (;;) ids.push(((await layer.receive(channel, { signal: stop.signal })) as Note).id);
  } catch {
    return ids;
  }
}

describe("a channel", () => {
  test("delivers its messages in the order of sending", async () => {
    const layer = new InMemoryChannelLayer();
    for (let id = 0; id < 100; id += 1) await layer.send("worker", note(id));
    assert.deepEqual(
      await drain(layer, "worker"),
      Array.from({ length: 100 }, (_, id) => id),
    );
  });

  test("delivers each message to one of several waiting receives, in the order of their calls", async () => {
    const layer = new InMemoryChannelLayer();
    const waiting = [1, 2, 3].map(() => layer.receive("worker"));
    for (const id of [1, 2, 3]) await layer.send("worker", note(id));
    assert.deepEqual(await Promise.all(waiting), [note(1), note(2), note(3)]);
  });

  test("refuses a message when it is full: send rejects, the drop is counted, waiting messages stay", async () => {
    const drops: DroppedMessage[] = [];
    const layer = new InMemoryChannelLayer({ capacity: 2, onDrop: (drop) => drops.push(drop) });
    await layer.send("worker", note(1));
    await layer.send("worker", note(2));
    await assert.rejects(layer.send("worker", note(3)), {
      code: "CHANNELS_CHANNEL_FULL",
      channel: "worker",
      capacity: 2,
      message: /^Channel "worker" has 2 waiting messages, its limit; the layer dropped this one/,
    });
    assert.equal(layer.dropped, 1);
    assert.deepEqual(drops, [{ reason: "full", messageType: "note", group: undefined }]);
    assert.deepEqual(await drain(layer, "worker"), [1, 2]);
    await layer.send("worker", note(4));
    assert.deepEqual(await drain(layer, "worker"), [4]);
  });

  test("has a capacity of its own", async () => {
    const layer = new InMemoryChannelLayer({ capacity: 1 });
    for (const name of ["a", "b", layer.newChannel().name, layer.newChannel().name]) await layer.send(name, note(1));
    assert.equal(layer.dropped, 0);
  });

  test("drops a message that expired, and counts it", async () => {
    const clock = new FakeClock();
    const drops: DroppedMessage[] = [];
    const layer = new InMemoryChannelLayer({ expiryMs: 1000, now: clock.now, onDrop: (drop) => drops.push(drop) });
    await layer.send("worker", note(1));
    clock.advance(999);
    await layer.send("worker", note(2));
    clock.advance(1);
    assert.deepEqual(await drain(layer, "worker"), [2]);
    assert.equal(layer.dropped, 1);
    assert.deepEqual(drops, [{ reason: "expired", messageType: "note", group: undefined }]);
  });

  test("has room again after its messages expired", async () => {
    const clock = new FakeClock();
    const layer = new InMemoryChannelLayer({ capacity: 1, expiryMs: 1000, now: clock.now });
    await layer.send("worker", note(1));
    clock.advance(1000);
    await layer.send("worker", note(2));
    assert.deepEqual(await drain(layer, "worker"), [2]);
  });

  test("of this process has a name that no other layer makes", () => {
    const names = [1, 2].flatMap(() => {
      const layer = new InMemoryChannelLayer();
      return [layer.newChannel().name, layer.newChannel().name];
    });
    assert.equal(new Set(names).size, 4);
  });
});

describe("receive", () => {
  test("with an aborted signal takes no message", async () => {
    const layer = new InMemoryChannelLayer();
    await layer.send("worker", note(1));
    const reason = new Error("stopped");
    await assert.rejects(layer.receive("worker", { signal: AbortSignal.abort(reason) }), reason);
    assert.deepEqual(await drain(layer, "worker"), [1]);
  });

  test("that is aborted ends with the signal's reason, and the next receive gets the message", async () => {
    const layer = new InMemoryChannelLayer();
    const stop = new AbortController();
    const [aborted, patient] = [layer.receive("worker", { signal: stop.signal }), layer.receive("worker")];
    stop.abort(new Error("stopped"));
    await layer.send("worker", note(1));
    await assert.rejects(aborted, /stopped/);
    assert.deepEqual(await patient, note(1));
  });

  test("loses no message when its signal aborts, at any moment", async () => {
    const layer = new InMemoryChannelLayer({ capacity: 1000 });
    const received: number[] = [];
    let id = 0;
    for (const moment of ["before", "same", "after"]) {
      for (let round = 0; round < 50; round += 1) {
        const stop = new AbortController();
        const wait = layer.receive("worker", { signal: stop.signal }).then(
          (message) => received.push((message as Note).id),
          () => undefined,
        );
        if (moment === "before") stop.abort();
        const sent = layer.send("worker", note(id++));
        if (moment === "same") stop.abort();
        await sent;
        stop.abort();
        await wait;
      }
    }
    received.push(...(await drain(layer, "worker")));
    assert.deepEqual(
      received.toSorted((a, b) => a - b),
      Array.from({ length: id }, (_, index) => index),
    );
  });
});

test("a name keeps its waiting messages, also among thousands of names", async () => {
  const clock = new FakeClock();
  const layer = new InMemoryChannelLayer({ leaseMs: 1_000, expiryMs: 2_000, now: clock.now });
  await layer.send("busy", note(1));
  clock.advance(1_000);
  for (let id = 0; id < 1_100; id += 1) await layer.send(`worker ${id}`, note(id));
  assert.equal(layer.dropped, 0);
  assert.deepEqual(await drain(layer, "busy"), [1]);
  assert.deepEqual(await drain(layer, "worker 0"), [0]);
});

describe("a closed channel", () => {
  test("drops and counts its waiting messages and later messages to its name", async () => {
    const drops: DroppedMessage[] = [];
    const layer = new InMemoryChannelLayer({ onDrop: (drop) => drops.push(drop) });
    const channel = layer.newChannel();
    await layer.send(channel.name, note(1));
    await channel.close();
    await channel.close();
    await layer.send(channel.name, note(2));
    assert.equal(layer.dropped, 2);
    assert.deepEqual(
      drops.map(({ reason }) => reason),
      ["closed", "closed"],
    );
  });

  test("ends a waiting receive and refuses a new one", async () => {
    const layer = new InMemoryChannelLayer();
    const channel = layer.newChannel();
    const waiting = layer.receive(channel.name);
    await channel.close();
    await assert.rejects(waiting, ConfigurationError);
    await assert.rejects(
      layer.receive(channel.name),
      /the channel is closed, has a receiver, or belongs to another process/,
    );
  });

  test("cannot join a group, as a channel or by its name", async () => {
    const layer = new InMemoryChannelLayer({ capacity: 1 });
    const channel = layer.newChannel();
    await channel.close();
    await layer.groupAdd("room", channel);
    await layer.groupAdd("room", channel.name);
    // A member would be full, and the layer would count its misses.
    for (const id of [1, 2, 3]) await layer.groupSend("room", note(id));
    assert.equal(layer.dropped, 0);
  });
});

test("adding or removing a channel of another layer throws", async () => {
  const [here, there] = [new InMemoryChannelLayer(), new InMemoryChannelLayer()];
  const channel = there.newChannel();
  await there.groupAdd("room", channel);
  for (const stranger of [channel, channel.name]) {
    const refusal = {
      code: "CHANNELS_CONFIGURATION",
      message: /^Another process or another layer created the channel "memory/,
    };
    await assert.rejects(here.groupAdd("room", stranger), refusal);
    await assert.rejects(here.groupDiscard("room", stranger), refusal);
    await here.groupSend("room", { type: "1" }, { except: stranger });
  }
  await there.groupSend("room", { type: "2" });
  assert.deepEqual(await there.receive(channel.name), { type: "2" });
});

describe("a layer", () => {
  test("that is flushed forgets messages and memberships, and continues", async () => {
    const layer = new InMemoryChannelLayer();
    const channel = layer.newChannel();
    const waiting = layer.receive("patient");
    await layer.groupAdd("room", channel);
    await layer.send("worker", note(1));
    await layer.send(channel.name, note(1));
    await layer.flush();
    await layer.groupSend("room", note(2));
    await layer.send("worker", note(3));
    await layer.send("patient", note(4));
    assert.deepEqual([await drain(layer, "worker"), await drain(layer, channel.name)], [[3], []]);
    assert.deepEqual(await waiting, note(4));
    await layer.groupAdd("room", channel);
    await layer.groupSend("room", note(5));
    assert.deepEqual(await drain(layer, channel.name), [5]);
  });

  test("that is closed ends every receive, and refuses every call but close", async () => {
    const layer = new InMemoryChannelLayer();
    const channel = layer.newChannel();
    const waiting = [layer.receive("worker"), layer.receive("worker"), layer.receive(channel.name)];
    await layer.close();
    await layer.close();
    for (const receive of waiting) await assert.rejects(receive, { code: "CHANNELS_LAYER_CLOSED" });
    for (const call of [
      layer.send("worker", note(1)),
      layer.receive("worker"),
      layer.groupAdd("room", "worker"),
      layer.groupDiscard("room", "worker"),
      layer.groupSend("room", note(1)),
      layer.flush(),
    ]) {
      await assert.rejects(call, { code: "CHANNELS_LAYER_CLOSED" });
    }
    assert.throws(() => layer.newChannel(), { code: "CHANNELS_LAYER_CLOSED" });
    await channel.close();
  });

  test("is closed at the end of an `await using` block", async () => {
    let waiting: Promise<unknown>;
    {
      await using layer = new InMemoryChannelLayer();
      waiting = layer.receive("worker");
    }
    await assert.rejects(waiting, { code: "CHANNELS_LAYER_CLOSED" });
  });

  for (const [what, options, message] of [
    [
      "an option it does not know",
      { capcity: 5 },
      "InMemoryChannelLayer has no option `capcity`, only `capacity`, `expiryMs`, `leaseMs`, `now`, `onDrop`.",
    ],
    [
      "Django's name of an option",
      { channel_capacity: 5 },
      "InMemoryChannelLayer has no option `channel_capacity`, only `capacity`, `expiryMs`, `leaseMs`, `now`, `onDrop`.",
    ],
    ["a capacity of 0", { capacity: 0 }, "Expected `capacity` to be an integer from 1 up, got `0`."],
    ["a capacity of 1.5", { capacity: 1.5 }, "Expected `capacity` to be an integer from 1 up, got `1.5`."],
    ["a capacity as text", { capacity: "100" }, 'Expected `capacity` to be an integer from 1 up, got "100".'],
    ["a clock that is not a function", { now: 5 }, "Expected `now` to be a function, got `5`."],
    ["an expiry of 0", { expiryMs: 0 }, "Expected `expiryMs` to be an integer from 1 up, got `0`."],
    ["an infinite lease", { leaseMs: Infinity }, "Expected `leaseMs` to be an integer from 1 up, got `Infinity`."],
  ] as const) {
    test(`refuses ${what}`, () => {
      assert.throws(
        () => new InMemoryChannelLayer(options as unknown as InMemoryChannelLayerOptions),
        new ConfigurationError(message),
      );
    });
  }
});
