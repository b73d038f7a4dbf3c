import assert from "node:assert/strict";
import { test } from "node:test";
import { localGroup } from "@lobby/channels";
import { numbered } from "@lobby/test-support/numbered";
import { until } from "@lobby/test-support/waiting";
import { connectLayer, receiveUntil, startRedis } from "./support/redis-layers.ts";

test("Channels of the Redis layer are members of local groups, also while Redis is away", async (t) => {
  const redis = await startRedis(t);
  const { layer, drops } = await connectLayer(t, redis, { capacity: 2 });
  const channel = layer.newChannel();
  const group = localGroup();
  group.add(channel);
  assert.equal(group.publish(numbered(1)), 0);
  await redis.signal("SIGKILL");
  await until(() => !layer.isReady, "the layer to notice");
  assert.deepEqual([group.publish(numbered(2)), group.publish(numbered(3))], [0, 1]);
  assert.deepEqual(await receiveUntil(layer, channel.name, 2), [1, 2]);
  assert.equal(layer.dropped, 1);
  assert.deepEqual(drops, [{ reason: "full", messageType: "test.numbered", group: undefined }]);
  await channel.close();
  assert.equal(group.size, 0);
});
