import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { collectGarbage } from "@lobby/test-support/garbage";
import { until } from "@lobby/test-support/waiting";
import { numbered } from "@lobby/test-support/numbered";
import { layerFor, redisFor, takeUntil } from "./support/layer.ts";

describe("A message that", () => {
  test("is as large as the limit goes through, one that is larger is refused with both sizes", async (t) => {
    const server = await redisFor(t);
    const { layer } = await layerFor(t, server, { maxMessageBytes: 1_000 });
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

  test("has no JSON is refused", async (t) => {
    const server = await redisFor(t);
    const { layer } = await layerFor(t, server);
    const circle: { type: string; self?: unknown } = { type: "test" };
    circle.self = circle;
    for (const message of [circle as { type: string }, { type: "test", n: 1n }]) {
      await assert.rejects(layer.groupSend("group", message), { code: "CHANNELS_INVALID_MESSAGE" });
    }
  });

  test("comes from somebody else's hands is dropped and counted, and what follows is not lost", async (t) => {
    const server = await redisFor(t);
    const { layer, drops } = await layerFor(t, server);
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);
    await layer.send("worker", numbered(0));
    await takeUntil(layer, "worker", 0);
    const [processTopic = ""] = (await server.command("PUBSUB", "CHANNELS", "*process*")) as string[];
    for (const garbage of ["no JSON", "null", "{}", "5", "\n", '{"to":5}\n{', "%zz{}"]) {
      await server.command("PUBLISH", "channels!0:group:group", garbage);
      await server.command("PUBLISH", processTopic, garbage);
    }
    await server.command("RPUSH", "channels!0:queue:worker", "9999999999999 no JSON");
    await layer.groupSend("group", numbered(1));
    await layer.send(channel.name, numbered(2));
    await layer.send("worker", numbered(3));
    assert.deepEqual(await takeUntil(layer, channel.name, 2), [1, 2]);
    assert.deepEqual(await takeUntil(layer, "worker", 3), [3]);
    assert.equal(layer.dropped, 15);
    assert.deepEqual([...new Set(drops.map(({ reason }) => reason))], ["malformed"]);
    assert.equal(layer.gaps, 0);
  });
});

describe("What waits for an answer of Redis", () => {
  test("is bounded: more is refused at once, and nothing of it was sent", async (t) => {
    const server = await redisFor(t);
    const { layer } = await layerFor(t, server, { timeoutMs: 5_000 });
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);
    await server.signal("SIGSTOP");
    const codes: unknown[] = [];
    const large = { type: "test.large", text: "x".repeat(1_000_000) };
    const sends = Array.from({ length: 100 }, () =>
      layer.groupSend("group", large).catch((error: { readonly code: string }) => codes.push(error.code)),
    );
    await until(() => codes.length === 67, "what is too much to be refused");
    assert.deepEqual([...new Set(codes)], ["CHANNELS_REDIS_OVERLOADED"]);
    await server.signal("SIGCONT");
    await Promise.all(sends);
    assert.equal(codes.length, 67);
    for (let n = 0; n < 33; n += 1) assert.equal((await layer.receive(channel.name)).type, "test.large");
    await layer.groupSend("group", numbered(1));
    assert.deepEqual(await takeUntil(layer, channel.name, 1), [1]);
  });
});

describe("A Redis that is away", () => {
  test("lets nothing pile up in the process, however much is sent", async (t) => {
    const server = await redisFor(t);
    const { layer } = await layerFor(t, server);
    const { name } = layer.newChannel();
    await layer.groupAdd("group", name);
    await server.signal("SIGKILL");
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
  test("with another prefix, or on another database, do not hear each other", async (t) => {
    const server = await redisFor(t);
    const members = await Promise.all(
      [
        { url: server.url, prefix: "a" },
        { url: server.url, prefix: "a:group" },
        { url: `${server.url}/1`, prefix: "a" },
      ].map(async ({ url, prefix }) => {
        const { layer } = await layerFor(t, { url }, { prefix });
        const channel = layer.newChannel();
        await layer.groupAdd("group", channel);
        return { layer, channel };
      }),
    );
    for (const [n, { layer }] of members.entries()) await layer.groupSend("group", numbered(n));
    for (const [n, { layer, channel }] of members.entries()) {
      await layer.groupSend("group", numbered(9));
      assert.deepEqual(await takeUntil(layer, channel.name, 9), [n, 9]);
    }
  });
});
