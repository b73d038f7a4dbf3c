import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InMemoryChannelLayer, type Channel, type DroppedMessage } from "@lobby/channels";
import { LocalGroups, plainReceiverKind, type ReceiverKind, type Receiver } from "@lobby/channels/layers";

const note = (id: number): { type: string; id: number } => ({ type: "note", id });

/** What waits for a channel, as the ids of its messages. */
async function inbox(layer: InMemoryChannelLayer, channel: Channel | string): Promise<number[]> {
  const name = typeof channel === "string" ? channel : channel.name;
  await layer.send(name, note(-1));
  const ids: number[] = [];
  for (;;) {
    const { id } = (await layer.receive(name)) as unknown as { readonly id: number };
    if (id === -1) return ids;
    ids.push(id);
  }
}

describe("a group", () => {
  for (const size of [1, 2, 100, 10_000]) {
    test(`of ${size} gives a message to every member once, and to nobody else`, async () => {
      const layer = new InMemoryChannelLayer();
      const members = Array.from({ length: size }, () => layer.newChannel());
      const outsider = layer.newChannel();
      for (const member of members) await layer.groupAdd("room", member);
      await layer.groupAdd("another room", outsider);
      await layer.groupSend("room", note(1));
      for (const member of members) assert.deepEqual(await layer.receive(member.name), note(1));
      assert.deepEqual(await inbox(layer, outsider), []);
      assert.equal(layer.dropped, 0);
    });
  }

  test("that nobody is in takes messages without complaint", async () => {
    const layer = new InMemoryChannelLayer();
    await layer.groupSend("empty", note(1));
    await layer.groupDiscard("empty", layer.newChannel());
    assert.equal(layer.dropped, 0);
  });

  test("counts a member that joined twice once", async () => {
    const layer = new InMemoryChannelLayer();
    const channel = layer.newChannel();
    await layer.groupAdd("room", channel);
    await layer.groupAdd("room", channel.name);
    await layer.groupAdd("room", channel);
    await layer.groupSend("room", note(1));
    assert.deepEqual(await inbox(layer, channel), [1]);
    await layer.groupDiscard("room", channel);
    await layer.groupSend("room", note(2));
    assert.deepEqual(await inbox(layer, channel), []);
  });

  test("reaches those who are in it at that moment, though nobody waits for any call to end", async () => {
    const layer = new InMemoryChannelLayer();
    const [early, late] = [layer.newChannel(), layer.newChannel()];
    await Promise.all([
      layer.groupAdd("room", early),
      layer.groupSend("room", note(1)),
      layer.groupAdd("room", late),
      layer.groupSend("room", note(2)),
      layer.groupDiscard("room", early),
      layer.groupSend("room", note(3)),
      layer.groupAdd("room", early),
      layer.groupDiscard("room", late),
      layer.groupSend("room", note(4)),
    ]);
    assert.deepEqual(await inbox(layer, early), [1, 2, 4]);
    assert.deepEqual(await inbox(layer, late), [2, 3]);
  });

  test("keeps the order of what one sender sends, to it and to its members alone", async () => {
    const layer = new InMemoryChannelLayer();
    const channel = layer.newChannel();
    await layer.groupAdd("a", channel);
    await layer.groupAdd("b", channel);
    for (let id = 0; id < 30; id += 3) {
      await layer.groupSend("a", note(id));
      await layer.send(channel.name, note(id + 1));
      await layer.groupSend("b", note(id + 2));
    }
    assert.deepEqual(
      await inbox(layer, channel),
      Array.from({ length: 30 }, (_, id) => id),
    );
  });

  test("never fails the sender when members are full: they miss it, each is counted, the others get it", async () => {
    const drops: DroppedMessage[] = [];
    const layer = new InMemoryChannelLayer({ capacity: 2, onDrop: (drop) => drops.push(drop) });
    const [slow, slower, quick] = [layer.newChannel(), layer.newChannel(), layer.newChannel()];
    for (const channel of [slow, slower, quick]) await layer.groupAdd("room", channel);
    for (const id of [1, 2, 3]) {
      await layer.groupSend("room", note(id));
      if (id < 3) await layer.receive(quick.name);
    }
    assert.equal(layer.dropped, 2);
    const drop: DroppedMessage = { reason: "full", messageType: "note", group: "room" };
    assert.deepEqual(drops, [drop, drop]);
    assert.deepEqual(await layer.receive(quick.name), note(3));
    assert.deepEqual(await layer.receive(slow.name), note(1));
  });

  test("loses a channel that closes, however it was put in", async () => {
    const layer = new InMemoryChannelLayer({ capacity: 1 });
    const channel = layer.newChannel();
    await layer.groupAdd("by itself", channel);
    await layer.groupAdd("by its name", channel.name);
    await channel.close();
    for (const group of ["by itself", "by its name"]) {
      for (const id of [1, 2, 3]) await layer.groupSend(group, note(id));
    }
    // A member that is still there would be full by now, and its misses counted.
    assert.equal(layer.dropped, 0);
  });

  test("loses a connection that closes, when somebody else put it in by its name", async () => {
    const layer = new InMemoryChannelLayer();
    const taken: string[] = [];
    const lane = { size: 1, add: () => taken.push("in"), delete: () => taken.push("out"), deliver: () => 0 };
    const channel = layer.newChannel({ kind: { createMembers: () => lane }, deliver: () => true });
    await layer.groupAdd("room", channel.name);
    await channel.close();
    assert.deepEqual(taken, ["in", "out"]);
  });

  test("of ten thousand can be left by all of them and joined again", async () => {
    const layer = new InMemoryChannelLayer();
    const members = Array.from({ length: 10_000 }, () => layer.newChannel());
    for (let round = 0; round < 2; round += 1) {
      for (const member of members) await layer.groupAdd("room", member);
      for (const member of members) await layer.groupDiscard("room", member);
      await layer.groupSend("room", note(1));
    }
    assert.equal(layer.dropped, 0);
    assert.deepEqual(await inbox(layer, members[0] ?? ""), []);
  });
});

/** A group after one message, whose one member then left and had another join, of `audience`. */
function relieve(audience: ReceiverKind): {
  readonly groups: LocalGroups;
  readonly taken: number[];
  readonly seen: string[];
} {
  const seen: string[] = [];
  const groups = new LocalGroups({
    onFirst: (group) => seen.push(`first of ${group}`),
    onLast: (group) => seen.push(`last of ${group}`),
  });
  const taken: number[] = [];
  const relief: Receiver = {
    kind: audience,
    deliver(message) {
      taken.push((message as ReturnType<typeof note>).id);
      return true;
    },
  };
  const guard: Receiver = {
    kind: plainReceiverKind,
    deliver() {
      groups.discard("room", guard);
      groups.add("room", relief);
      return true;
    },
  };
  groups.add("room", guard);
  groups.deliver("room", note(1));
  return { groups, taken, seen };
}

describe("a receiver that leaves when it is delivered to, and has another join in its place", () => {
  for (const [name, audience] of [
    ["of its kind", plainReceiverKind],
    ["of another kind", { createMembers: () => plainReceiverKind.createMembers() }],
  ] as const) {
    test(`leaves the group to the other, which is ${name}`, () => {
      const { groups, taken, seen } = relieve(audience);
      assert.deepEqual(groups.names(), ["room"]);
      groups.deliver("room", note(2));
      assert.deepEqual(taken, [2]);
      assert.deepEqual(seen, ["first of room", "last of room", "first of room"]);
      groups.clear();
      assert.deepEqual(seen.slice(3), ["last of room"]);
    });
  }
});
