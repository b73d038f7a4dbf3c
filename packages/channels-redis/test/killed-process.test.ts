/** A process that ends without closing its layer, because it or its machine was killed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "@lobby/test-support/waiting";
import { numbered } from "@lobby/test-support/numbered";
import { connectLayer, startProxy, startRedis, receiveUntil } from "./support/redis-layers.ts";

test("A killed process blocks no other; its channels leave their groups at once, and its named channels one lease later", async (t) => {
  const redis = await startRedis(t);
  const proxy = await startProxy(t, redis);
  const { layer: here, drops } = await connectLayer(t, redis);
  const { layer: killed } = await connectLayer(t, proxy, { leaseMs: 1_000 });
  const [member, lost] = [here.newChannel(), killed.newChannel()];
  await here.groupAdd("group", member);
  for (const channel of [lost, "worker"]) await killed.groupAdd("group", channel);
  let isListening = false;
  const receiving = killed.receive("worker", { onListening: () => (isListening = true) });
  const ended = assert.rejects(receiving, { code: "CHANNELS_LAYER_CLOSED" });
  await until(() => isListening, "the process to listen");

  // For Redis, a process whose network never recovers is a killed one.
  proxy.stall();
  proxy.reset();
  const isSubscribed = async (): Promise<boolean> => {
    const [, count] = (await redis.command("PUBSUB", "NUMSUB", "channels!0:group:group")) as [string, number];
    return count > 1;
  };
  await until(async () => !(await isSubscribed()), "Redis to notice");
  await here.groupSend("group", numbered(1));
  assert.deepEqual(await receiveUntil(here, member.name, 1), [1]);
  await here.send(lost.name, numbered(2));
  assert.deepEqual(drops, [{ reason: "closed", messageType: "test.numbered", group: undefined }]);

  await until(async () => (await redis.command("EXISTS", "channels!0:lease:worker")) === 0, "the lease to end");
  await here.groupSend("group", numbered(3));
  await here.send("worker", numbered(4));
  assert.deepEqual(await receiveUntil(here, "worker", 4), [1, 4]);
  assert.equal(here.dropped, 1);
  await killed.close();
  await ended;
});
