/** What a message costs, as Redis itself counts it. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test, type TestContext } from "node:test";
import { numbered } from "@lobby/test-support/numbered";
import { layerFor, takeUntil, type TestLayer } from "./support/layer.ts";
import { RedisServer } from "./support/redis-server.ts";

describe("A message", () => {
  let server: RedisServer;
  before(async () => {
    server = await RedisServer.start();
  });
  after(() => server.stop());
  beforeEach(async () => {
    await server.command("FLUSHALL");
  });

  /** A layer with so many members of a group. */
  async function layerWith(t: TestContext, members: number, group: string): Promise<TestLayer> {
    const made = await layerFor(t, server, { capacity: 1_000 });
    const channels = Array.from({ length: members }, () => made.layer.newChannel());
    await Promise.all(channels.map((channel) => made.layer.groupAdd(group, channel)));
    return made;
  }

  /** How many listen to a group's topic. */
  async function listeners(group: string): Promise<number> {
    const [, count] = (await server.command("PUBSUB", "NUMSUB", `channels!0:group:${group}`)) as [string, number];
    return count;
  }

  /** How often each command ran since the last call, without those of this question and of the layers' looks. */
  async function commands(): Promise<Record<string, number>> {
    const info = String(await server.command("INFO", "commandstats"));
    await server.command("CONFIG", "RESETSTAT");
    const counts = [...info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name, calls]) => [name, Number(calls)]);
    const asked = /^(config\|resetstat|info|hello|client\|setinfo|ping)$/;
    return Object.fromEntries(counts.filter(([name]) => !asked.test(String(name)))) as Record<string, number>;
  }

  for (const members of [1, 1_000]) {
    test(`to a group costs one script and one PUBLISH, also with ${members} members in each of two processes`, async (t) => {
      const [first, second] = [await layerWith(t, members, "group"), await layerWith(t, members, "group")];
      await commands();
      for (let n = 1; n <= 10; n += 1) await first.layer.groupSend("group", numbered(n));
      // EXISTS asks for named channels in the group; GET is the fence.
      assert.deepEqual(await commands(), { evalsha: 10, publish: 10, exists: 10, get: 10 });
      assert.equal(second.drops.length, 0);
    });
  }

  test("to a group goes to the processes with members, and to no other", async (t) => {
    const [member, other] = [await layerWith(t, 3, "here"), await layerWith(t, 3, "elsewhere")];
    assert.deepEqual([await listeners("here"), await listeners("elsewhere"), await listeners("nowhere")], [1, 1, 0]);
    const before = await outputOf(server);
    for (let n = 1; n <= 100; n += 1)
      await other.layer.groupSend("here", { type: "test.large", text: "x".repeat(10_000) });
    const sent = (await outputOf(server)) - before;
    // Once, to one process of two: a million bytes.
    assert.ok(sent > 1_000_000 && sent < 1_200_000, `${sent} bytes left Redis`);
    assert.equal(member.layer.dropped + other.layer.dropped, 0);
  });

  test("no longer comes to a process whose last member has left, for whichever reason", async (t) => {
    const { layer } = await layerFor(t, server);
    const [first, second, third] = [layer.newChannel(), layer.newChannel(), layer.newChannel()];
    for (const channel of [first, second, third]) await layer.groupAdd("group", channel);
    await layer.groupDiscard("group", first);
    await second.close();
    assert.equal(await listeners("group"), 1);
    await layer.groupDiscard("group", third);
    // Leaving is not waited for; what is sent now is answered behind it.
    await layer.send(first.name, numbered(1));
    await takeUntil(layer, first.name, 1);
    assert.equal(await listeners("group"), 0);
  });

  test("to a channel of a process costs one script and one PUBLISH, to a named channel a few commands more", async (t) => {
    const { layer } = await layerFor(t, server);
    const { layer: worker } = await layerFor(t, server);
    const { name } = worker.newChannel();
    await commands();
    await layer.send(name, numbered(1));
    await takeUntil(worker, name, 1);
    assert.deepEqual(await commands(), { evalsha: 1, publish: 1, get: 1 });
    await layer.send("worker", numbered(1));
    const pushed = { evalsha: 1, get: 1, time: 1, lindex: 1, llen: 1, rpush: 1, pexpire: 1, publish: 1 };
    assert.deepEqual(await commands(), pushed);
    await takeUntil(worker, "worker", 1);
    const popped = { subscribe: 1, evalsha: 1, get: 1, time: 1, getex: 1, set: 1, lindex: 1, lpop: 1 };
    assert.deepEqual(await commands(), popped);
  });
});

async function outputOf(server: RedisServer): Promise<number> {
  const info = String(await server.command("INFO", "stats"));
  return Number(/^total_net_output_bytes:(\d+)/m.exec(info)?.[1]);
}
