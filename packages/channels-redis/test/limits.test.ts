import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { collectGarbage } from "@lobby/test-support/garbage";
import { until } from "@lobby/test-support/waiting";
import { numbered } from "@lobby/test-support/numbered";
import { connectLayer, startRedis, receiveUntil } from "./support/redis-layers.ts";

describe("A message that", () => {
  test("has the largest size is delivered, and a larger one is refused with both sizes", async (t) => {
    const redis = await startRedis(t);
    const { layer } = await connectLayer(t, redis, { maxMessageBytes: 1_000 });
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);
    const room = 1_000 - JSON.stringify({ type: "test", text: "" }).length;
    for (const text of ["x".repeat(room), "가".repeat(Math.floor(room / 3))]) {
      await layer.groupSend("group", { type: "test", text });
      assert.deepEqual(await layer.receive(channel.name), { type: "test", text });
    }
    const large = { type: "test", text: "x".repeat(room + 1) };
    const error = { code: "CHANNELS_MESSAGE_TOO_LARGE", sizeBytes: 1_001, limitBytes: 1_000 };
    await assert.rejects(layer.groupSend("group", large), error);
    await assert.rejects(layer.send(channel.name, large), error);
    await assert.rejects(layer.send("worker", large), error);
  });

  test("JSON cannot hold is refused", async (t) => {
    const redis = await startRedis(t);
    const { layer } = await connectLayer(t, redis);
    const cycle: { type: string; self?: unknown } = { type: "test" };
    cycle.self = cycle;
    for (const message of [cycle as { type: string }, { type: "test", n: 1n }]) {
      await assert.rejects(layer.groupSend("group", message), { code: "CHANNELS_INVALID_MESSAGE" });
    }
  });

  test("no layer has sent is dropped and counted, and later messages arrive", async (t) => {
    const redis = await startRedis(t);
    const { layer, drops } = await connectLayer(t, redis);
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);
    await layer.send("worker", numbered(0));
    await receiveUntil(layer, "worker", 0);
    const [processTopic = ""] = (await redis.command("PUBSUB", "CHANNELS", "*process*")) as string[];
    for (const garbage of ["no JSON", "null", "{}", "5", "\n", '{"to":5}\n{', "%zz{}"]) {
      await redis.command("PUBLISH", "channels!0:group:group", garbage);
      await redis.command("PUBLISH", processTopic, garbage);
    }
    await redis.command("RPUSH", "channels!0:queue:worker", "9999999999999 no JSON");
    await layer.groupSend("group", numbered(1));
    await layer.send(channel.name, numbered(2));
    await layer.send("worker", numbered(3));
    assert.deepEqual(await receiveUntil(layer, channel.name, 2), [1, 2]);
    assert.deepEqual(await receiveUntil(layer, "worker", 3), [3]);
    assert.equal(layer.dropped, 15);
    assert.deepEqual([...new Set(drops.map(({ reason }) => reason))], ["malformed"]);
    assert.equal(layer.gaps, 0);
  });
});

describe("Commands without an answer", () => {
  test("are bounded: the layer refuses more at once and sends none of them", async (t) => {
    const redis = await startRedis(t);
    const { layer } = await connectLayer(t, redis, { timeoutMs: 5_000 });
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);
    await redis.signal("SIGSTOP");
    const codes: unknown[] = [];
    const large = { type: "test.large", text: "x".repeat(1_000_000) };
    const sends = Array.from({ length: 100 }, () =>
      layer.groupSend("group", large).catch((error: { readonly code: string }) => codes.push(error.code)),
    );
    await until(() => codes.length === 67, "the layer to refuse messages");
    assert.deepEqual([...new Set(codes)], ["CHANNELS_REDIS_OVERLOADED"]);
    await redis.signal("SIGCONT");
    await Promise.all(sends);
    assert.equal(codes.length, 67);
    for (let n = 0; n < 33; n += 1) assert.equal((await layer.receive(channel.name)).type, "test.large");
    await layer.groupSend("group", numbered(1));
    assert.deepEqual(await receiveUntil(layer, channel.name, 1), [1]);
  });
});

describe("An unreachable Redis", () => {
  test("causes no growth of memory in a process that keeps sending", async (t) => {
    const redis = await startRedis(t);
    const { layer } = await connectLayer(t, redis);
    const { name } = layer.newChannel();
    await layer.groupAdd("group", name);
    await redis.signal("SIGKILL");
    await until(() => !layer.isReady, "the layer to notice");
    const text = "x".repeat(10_000);
    const send = async (count: number): Promise<number> => {
      for (let n = 0; n < count; n += 1) {
        const message = { type: "test.large", text: text + n };
        await Promise.allSettled([
          layer.groupSend("group", message),
          layer.send(name, message),
          layer.send("x", message),
        ]);
      }
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = await send(500);
    const growth = (await send(3_000)) - before;
    assert.ok(growth < 5_000_000, `${growth} bytes`);
  });
});

describe("Layers", () => {
  test("with another prefix or another database are separate", async (t) => {
    const redis = await startRedis(t);
    const members = await Promise.all(
      [
        { url: redis.url, prefix: "a" },
        { url: redis.url, prefix: "a:group" },
        { url: `${redis.url}/1`, prefix: "a" },
      ].map(async ({ url, prefix }) => {
        const { layer } = await connectLayer(t, { url }, { prefix });
        const channel = layer.newChannel();
        await layer.groupAdd("group", channel);
        return { layer, channel };
      }),
    );
    for (const [n, { layer }] of members.entries()) await layer.groupSend("group", numbered(n));
    for (const [n, { layer, channel }] of members.entries()) {
      await layer.groupSend("group", numbered(9));
      assert.deepEqual(await receiveUntil(layer, channel.name, 9), [n, 9]);
    }
  });
});
