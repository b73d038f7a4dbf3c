import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InMemoryChannelLayer, type Channel } from "@lobby/channels";
import { FakeClock } from "../support/fake-clock.ts";

const LEASE_MS = 1000;
const note = (id: number): { type: string; id: number } => ({ type: "note", id });

const nameOf = (channel: Channel | string): string => (typeof channel === "string" ? channel : channel.name);

interface Leased {
  readonly layer: InMemoryChannelLayer;
  readonly clock: FakeClock;
  /** Whether a message to the room reaches the channel. */
  readonly isMember: () => Promise<boolean>;
}

/** A layer on a clock of its own, with one channel in the room. */
async function leased(makeChannel: (layer: InMemoryChannelLayer) => Channel | string): Promise<Leased> {
  const clock = new FakeClock();
  const layer = new InMemoryChannelLayer({ capacity: 1, leaseMs: LEASE_MS, expiryMs: 1_000_000, now: clock.now });
  const channel = makeChannel(layer);
  await layer.groupAdd("room", channel);
  // With room for one message, a member misses the second, which is counted.
  await layer.send(nameOf(channel), note(1));
  const isMember = async (): Promise<boolean> => {
    const before = layer.dropped;
    await layer.groupSend("room", note(2));
    return layer.dropped > before;
  };
  return { layer, clock, isMember };
}

for (const [kind, make] of [
  ["that workers agreed upon", () => "worker"],
  ["of this process", (layer: InMemoryChannelLayer) => layer.newChannel()],
] as const) {
  describe(`the membership of a channel ${kind}`, () => {
    test("lasts as long as its lease when nobody receives, and ends then", async () => {
      const { clock, isMember } = await leased(make);
      clock.advance(LEASE_MS - 1);
      assert.equal(await isMember(), true);
      clock.advance(1);
      assert.equal(await isMember(), false);
    });

    test("is renewed by joining again", async () => {
      let channel: Channel | string = "";
      const { layer, clock, isMember } = await leased((own) => (channel = make(own)));
      clock.advance(LEASE_MS - 1);
      await layer.groupAdd("room", channel);
      clock.advance(LEASE_MS - 1);
      assert.equal(await isMember(), true);
    });

    test("begins when the channel joins, however long ago it was made", async () => {
      const clock = new FakeClock();
      const layer = new InMemoryChannelLayer({ leaseMs: LEASE_MS, now: clock.now });
      const channel = make(layer);
      await layer.send(nameOf(channel), note(1));
      clock.advance(LEASE_MS * 10);
      await layer.groupAdd("room", channel);
      await layer.groupSend("room", note(2));
      assert.deepEqual(
        [await layer.receive(nameOf(channel)), await layer.receive(nameOf(channel))],
        [note(1), note(2)],
      );
    });

    test("is renewed by receiving, and does not end while somebody waits", async () => {
      const clock = new FakeClock();
      const layer = new InMemoryChannelLayer({ leaseMs: LEASE_MS, now: clock.now });
      const channel = make(layer);
      const name = nameOf(channel);
      await layer.groupAdd("room", channel);
      for (let id = 0; id < 5; id += 1) {
        const waiting = layer.receive(name);
        clock.advance(LEASE_MS * 3);
        await layer.groupSend("room", note(id));
        assert.deepEqual(await waiting, note(id));
        clock.advance(LEASE_MS - 1);
      }
    });

    test("is renewed by receiving what waited already", async () => {
      const clock = new FakeClock();
      const layer = new InMemoryChannelLayer({ leaseMs: LEASE_MS, now: clock.now });
      const channel = make(layer);
      await layer.groupAdd("room", channel);
      for (let id = 0; id < 5; id += 1) {
        await layer.groupSend("room", note(id));
        clock.advance(LEASE_MS - 1);
        assert.deepEqual(await layer.receive(nameOf(channel)), note(id));
      }
    });

    test("is there for a second message of the moment in which a long wait ends", async () => {
      const clock = new FakeClock();
      const layer = new InMemoryChannelLayer({ leaseMs: LEASE_MS, now: clock.now });
      const channel = make(layer);
      await layer.groupAdd("room", channel);
      const waiting = layer.receive(nameOf(channel));
      clock.advance(LEASE_MS * 3);
      const sent = [layer.groupSend("room", note(1)), layer.groupSend("room", note(2))];
      assert.deepEqual(await waiting, note(1));
      await Promise.all(sent);
      assert.deepEqual(await layer.receive(nameOf(channel)), note(2));
    });

    test("goes on for a whole lease after a wait that was aborted", async () => {
      const clock = new FakeClock();
      const layer = new InMemoryChannelLayer({ leaseMs: LEASE_MS, now: clock.now });
      const channel = make(layer);
      await layer.groupAdd("room", channel);
      const stop = new AbortController();
      const waiting = layer.receive(nameOf(channel), { signal: stop.signal });
      clock.advance(LEASE_MS * 3);
      stop.abort();
      await assert.rejects(waiting);
      clock.advance(LEASE_MS - 1);
      await layer.groupSend("room", note(1));
      assert.deepEqual(await layer.receive(nameOf(channel)), note(1));
    });

    test("that has ended does not begin again because somebody receives", async () => {
      const clock = new FakeClock();
      const layer = new InMemoryChannelLayer({ leaseMs: LEASE_MS, now: clock.now });
      const channel = make(layer);
      await layer.groupAdd("room", channel);
      await layer.send(nameOf(channel), note(1));
      clock.advance(LEASE_MS);
      assert.deepEqual(await layer.receive(nameOf(channel)), note(1));
      await layer.groupSend("room", note(2));
      await layer.send(nameOf(channel), note(3));
      assert.deepEqual(await layer.receive(nameOf(channel)), note(3));
    });
  });
}

test("a connection is in its groups as long as it lives, without any lease", async () => {
  const clock = new FakeClock();
  const layer = new InMemoryChannelLayer({ leaseMs: LEASE_MS, now: clock.now });
  let delivered = 0;
  const lane = { size: 1, add: () => undefined, delete: () => undefined, deliver: () => ((delivered += 1), 0) };
  const channel = layer.newChannel({ kind: { createMembers: () => lane }, deliver: () => true });
  await layer.groupAdd("room", channel);
  clock.advance(LEASE_MS * 1_000_000);
  await layer.groupSend("room", note(1));
  assert.equal(delivered, 1);
});

/** A layer whose clock counts how often it is asked: a search asks once for every name that it still has. */
function counting(): { layer: InMemoryChannelLayer; clock: FakeClock; countLooks: () => number } {
  const clock = new FakeClock();
  let looks = 0;
  const now = (): number => ((looks += 1), clock.now());
  const layer = new InMemoryChannelLayer({ leaseMs: 1000, expiryMs: 1000, now });
  const countLooks = (): number => {
    const counted = looks;
    looks = 0;
    return counted;
  };
  return { layer, clock, countLooks };
}

describe("names that are used once", () => {
  test("do not add up: what nobody needs any more is forgotten, its messages counted", async () => {
    const { layer, clock, countLooks } = counting();
    let most = 0;
    for (let id = 0; id < 30_000; id += 1) {
      if (id % 500 === 0) clock.advance(1000);
      await layer.send(`one-off ${id}`, note(id));
      most = Math.max(most, countLooks());
    }
    assert.ok(most < 10_000, `one call looked at the clock ${most} times`);
    assert.ok(layer.dropped > 25_000);
  });

  test("do not keep the groups that they were put into", async () => {
    const { layer, clock, countLooks } = counting();
    for (let id = 0; id < 2000; id += 1) await layer.groupAdd("room", `one-off ${id}`);
    clock.advance(1000);
    for (let id = 0; id < 2000; id += 1) await layer.send(`other ${id}`, note(id));
    countLooks();
    await layer.groupSend("room", note(1));
    assert.ok(countLooks() < 2000);
  });

  test("are kept while something waits there, or somebody does", async () => {
    const clock = new FakeClock();
    const layer = new InMemoryChannelLayer({ leaseMs: 1000, expiryMs: 1_000_000, now: clock.now });
    const waiting = layer.receive("patient");
    for (let id = 0; id < 5000; id += 1) {
      clock.advance(1000);
      await layer.send(`one-off ${id}`, note(id));
    }
    await layer.send("patient", note(-1));
    assert.deepEqual(await waiting, note(-1));
    for (const id of [4001, 4999]) assert.deepEqual(await layer.receive(`one-off ${id}`), note(id));
  });
});
