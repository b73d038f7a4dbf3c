/** A process that is killed, or whose machine is: nobody closes its layer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "@lobby/test-support/waiting";
import { numbered } from "@lobby/test-support/numbered";
import { layerFor, proxyFor, redisFor, takeUntil } from "./support/layer.ts";

test("a process that vanishes hinders nobody, its members are gone, and what it received from a lease later", async (t) => {
  const server = await redisFor(t);
  const proxy = await proxyFor(t, server);
  const { layer: here, drops } = await layerFor(t, server);
  const { layer: gone } = await layerFor(t, proxy, { leaseMs: 1_000 });
  const [member, lost] = [here.newChannel(), gone.newChannel()];
  await here.groupAdd("group", member);
  for (const channel of [lost, "worker"]) await gone.groupAdd("group", channel);
  let isListening = false;
  const receiving = gone.receive("worker", { onListening: () => (isListening = true) });
  const ended = assert.rejects(receiving, { code: "CHANNELS_LAYER_CLOSED" });
  await until(() => isListening, "it to listen");

  // To Redis, who is cut off for good is as who was killed.
  proxy.stall();
  proxy.reset();
  const isHeard = async (): Promise<boolean> => {
    const [, count] = (await server.command("PUBSUB", "NUMSUB", "channels!0:group:group")) as [string, number];
    return count > 1;
  };
  await until(async () => !(await isHeard()), "Redis to see it gone");
  await here.groupSend("group", numbered(1));
  assert.deepEqual(await takeUntil(here, member.name, 1), [1]);
  await here.send(lost.name, numbered(2));
  assert.deepEqual(drops, [{ reason: "closed", messageType: "test.numbered", group: undefined }]);

  await until(async () => (await server.command("EXISTS", "channels!0:lease:worker")) === 0, "the lease to end");
  await here.groupSend("group", numbered(3));
  await here.send("worker", numbered(4));
  assert.deepEqual(await takeUntil(here, "worker", 4), [1, 4]);
  assert.equal(here.dropped, 1);
  await gone.close();
  await ended;
});
