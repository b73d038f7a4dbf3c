/** A command of a lost connection must not take effect after later ones. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually, until } from "@lobby/test-support/waiting";
import { numbered } from "@lobby/test-support/numbered";
import { connectLayer, startProxy, startRedis, errorReplies, receiveUntil } from "./support/redis-layers.ts";

const UNAVAILABLE = { code: "CHANNELS_REDIS_UNAVAILABLE" };

describe("A delayed command of a lost connection", () => {
  for (const to of ["group", "channel of a process", "named channel"] as const) {
    test(`is refused, for a message to a ${to}`, async (t) => {
      const redis = await startRedis(t);
      const proxy = await startProxy(t, redis);
      const { layer: sender } = await connectLayer(t, proxy);
      const { layer: receiver } = await connectLayer(t, redis);
      const channel = to === "named channel" ? "worker" : receiver.newChannel().name;
      if (to === "group") await receiver.groupAdd("group", channel);
      const send = (n: number): Promise<void> =>
        to === "group" ? sender.groupSend("group", numbered(n)) : sender.send(channel, numbered(n));

      await send(1);
      proxy.stall();
      await Promise.all([2, 3, 4].map((n) => assert.rejects(send(n), UNAVAILABLE)));
      proxy.passNewConnections();
      await eventually(() => send(5));
      proxy.resume();
      await until(async () => (await errorReplies(redis, "FENCED")) === 3, "Redis to refuse the late commands");
      await send(6);
      assert.deepEqual(await receiveUntil(receiver, channel, 6), [1, 5, 6]);
    });
  }

  test("removes no message from a queue for a receiver that has gone", async (t) => {
    const redis = await startRedis(t);
    const proxy = await startProxy(t, redis);
    const { layer: gone } = await connectLayer(t, proxy);
    const { layer: sender } = await connectLayer(t, redis);
    await sender.send("worker", numbered(1));
    await receiveUntil(gone, "worker", 1);

    proxy.stall();
    const leaving = new AbortController();
    const waiting = assert.rejects(gone.receive("worker", { signal: leaving.signal }), /enough/);
    await until(() => !gone.isReady, "the layer to notice");
    leaving.abort(new Error("enough"));
    await waiting;
    await sender.send("worker", numbered(2));
    proxy.passNewConnections();
    await until(() => gone.isReady, "the layer to reconnect");
    proxy.resume();
    await until(async () => (await errorReplies(redis, "FENCED")) === 1, "Redis to refuse the late command");
    assert.deepEqual(await receiveUntil(sender, "worker", 2), [2]);
  });
});

describe("A Redis that loses its scripts", () => {
  test("gets them again, and messages keep their order", async (t) => {
    const redis = await startRedis(t);
    const { layer } = await connectLayer(t, redis);
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);
    const sent: number[] = [];
    let n = 0;
    const load = setInterval(() => {
      n += 1;
      const number = n;
      layer.groupSend("group", numbered(number)).then(
        () => sent.push(number),
        () => undefined,
      );
    }, 1);
    t.after(() => clearInterval(load));
    await until(() => sent.length > 20, "messages");
    await redis.command("SCRIPT", "FLUSH");
    const before = n;
    await until(() => sent.some((number) => number > before + 20), "messages after the loss");
    clearInterval(load);
    await eventually(() => layer.groupSend("group", numbered(1_000_000)));
    const received = await receiveUntil(layer, channel.name, 1_000_000);
    assert.deepEqual(
      received,
      received.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(received).size, received.length);
  });
});
