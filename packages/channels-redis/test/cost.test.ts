/** The commands for each message, as Redis counts them. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test, type TestContext } from "node:test";
import { numbered } from "@lobby/test-support/numbered";
import { connectLayer, receiveUntil, type TestLayer } from "./support/redis-layers.ts";
import { RedisProcess } from "./support/redis-process.ts";

describe("A message", () => {
  let redis: RedisProcess;
  before(async () => {
    redis = await RedisProcess.start();
  });
  after(() => redis.stop());
  beforeEach(async () => {
    await redis.command("FLUSHALL");
  });

  /** Connects a layer with this many members of a group. */
  async function connectMembers(t: TestContext, members: number, group: string): Promise<TestLayer> {
    const connected = await connectLayer(t, redis, { capacity: 1_000 });
    const channels = Array.from({ length: members }, () => connected.layer.newChannel());
    await Promise.all(channels.map((channel) => connected.layer.groupAdd(group, channel)));
    return connected;
  }

  /** Returns the number of subscribers of a group's topic. */
  async function subscribers(group: string): Promise<number> {
    const [, count] = (await redis.command("PUBSUB", "NUMSUB", `channels!0:group:${group}`)) as [string, number];
    return count;
  }

  /** Returns the calls of each command since the last call, without those of this function and of the heartbeats. */
  async function commands(): Promise<Record<string, number>> {
    const info = String(await redis.command("INFO", "commandstats"));
    await redis.command("CONFIG", "RESETSTAT");
    const counts = [...info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name, calls]) => [name, Number(calls)]);
    const ignored = /^(config\|resetstat|info|hello|client\|setinfo|del)$/;
    return Object.fromEntries(counts.filter(([name]) => !ignored.test(String(name)))) as Record<string, number>;
  }

  for (const members of [1, 1_000]) {
    test(`to a group costs one script and one PUBLISH with ${members} members in each of two processes`, async (t) => {
      const [first, second] = [await connectMembers(t, members, "group"), await connectMembers(t, members, "group")];
      await commands();
      for (let n = 1; n <= 10; n += 1) await first.layer.groupSend("group", numbered(n));
      // EXISTS looks for named channels in the group, and GET reads the fence.
      assert.deepEqual(await commands(), { evalsha: 10, publish: 10, exists: 10, get: 10 });
      assert.equal(second.drops.length, 0);
    });
  }

  test("to a group reaches only the processes with members", async (t) => {
    const [member, other] = [await connectMembers(t, 3, "here"), await connectMembers(t, 3, "elsewhere")];
    assert.deepEqual(
      [await subscribers("here"), await subscribers("elsewhere"), await subscribers("nowhere")],
      [1, 1, 0],
    );
    const before = await outputBytesOf(redis);
    for (let n = 1; n <= 100; n += 1)
      await other.layer.groupSend("here", { type: "test.large", text: "x".repeat(10_000) });
    const sent = (await outputBytesOf(redis)) - before;
    // One million bytes: each message once, to one of two processes.
    assert.ok(sent > 1_000_000 && sent < 1_200_000, `${sent} bytes left Redis`);
    assert.equal(member.layer.dropped + other.layer.dropped, 0);
  });

  test("to a group no longer reaches a process after its last member left or closed", async (t) => {
    const { layer } = await connectLayer(t, redis);
    const [first, second, third] = [layer.newChannel(), layer.newChannel(), layer.newChannel()];
    for (const channel of [first, second, third]) await layer.groupAdd("group", channel);
    await layer.groupDiscard("group", first);
    await second.close();
    assert.equal(await subscribers("group"), 1);
    await layer.groupDiscard("group", third);
    // `groupDiscard` does not wait for Redis. Redis answers this message after it.
    await layer.send(first.name, numbered(1));
    await receiveUntil(layer, first.name, 1);
    assert.equal(await subscribers("group"), 0);
  });

  test("to a channel of a process costs one script and one PUBLISH, and to a named channel a few more commands", async (t) => {
    const { layer } = await connectLayer(t, redis);
    const { layer: worker } = await connectLayer(t, redis);
    const { name } = worker.newChannel();
    await commands();
    await layer.send(name, numbered(1));
    await receiveUntil(worker, name, 1);
    assert.deepEqual(await commands(), { evalsha: 1, publish: 1, get: 1 });
    await layer.send("worker", numbered(1));
    const pushed = { evalsha: 1, get: 1, time: 1, lindex: 1, llen: 1, rpush: 1, pexpire: 1, publish: 1 };
    assert.deepEqual(await commands(), pushed);
    await receiveUntil(worker, "worker", 1);
    const popped = { subscribe: 1, evalsha: 1, get: 1, time: 1, getex: 1, set: 1, lindex: 1, lpop: 1 };
    assert.deepEqual(await commands(), popped);
  });
});

/** Returns the number of bytes that Redis has sent. */
async function outputBytesOf(redis: RedisProcess): Promise<number> {
  const info = String(await redis.command("INFO", "stats"));
  return Number(/^total_net_output_bytes:(\d+)/m.exec(info)?.[1]);
}
