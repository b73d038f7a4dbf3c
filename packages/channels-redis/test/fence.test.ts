/** What was on its way over a connection that is lost must not arrive behind what came later. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually, until } from "@lobby/test-support/waiting";
import { numbered } from "@lobby/test-support/numbered";
import { layerFor, proxyFor, redisFor, refusals, takeUntil } from "./support/layer.ts";

const UNAVAILABLE = { code: "CHANNELS_REDIS_UNAVAILABLE" };

describe("What a network held up", () => {
  for (const to of ["group", "channel of a process", "named channel"] as const) {
    test(`and delivers late is refused, if it was sent to a ${to}`, async (t) => {
      const server = await redisFor(t);
      const proxy = await proxyFor(t, server);
      const { layer: sender } = await layerFor(t, proxy);
      const { layer: receiver } = await layerFor(t, server);
      const channel = to === "named channel" ? "worker" : receiver.newChannel().name;
      if (to === "group") await receiver.groupAdd("group", channel);
      const send = (n: number): Promise<void> =>
        to === "group" ? sender.groupSend("group", numbered(n)) : sender.send(channel, numbered(n));

      await send(1);
      proxy.stall();
      await Promise.all([2, 3, 4].map((n) => assert.rejects(send(n), UNAVAILABLE)));
      proxy.pass();
      await eventually(() => send(5));
      proxy.resume();
      await until(async () => (await refusals(server, "FENCED")) === 3, "the late ones to be refused");
      await send(6);
      assert.deepEqual(await takeUntil(receiver, channel, 6), [1, 5, 6]);
    });
  }

  test("takes no message for somebody who is gone", async (t) => {
    const server = await redisFor(t);
    const proxy = await proxyFor(t, server);
    const { layer: gone } = await layerFor(t, proxy);
    const { layer: sender } = await layerFor(t, server);
    await sender.send("worker", numbered(1));
    await takeUntil(gone, "worker", 1);

    proxy.stall();
    const leaving = new AbortController();
    const waiting = assert.rejects(gone.receive("worker", { signal: leaving.signal }), /enough/);
    await until(() => !gone.isReady, "the layer to notice");
    leaving.abort(new Error("enough"));
    await waiting;
    await sender.send("worker", numbered(2));
    proxy.pass();
    await until(() => gone.isReady, "the layer to come back");
    proxy.resume();
    await until(async () => (await refusals(server, "FENCED")) === 1, "the late look to be refused");
    assert.deepEqual(await takeUntil(sender, "worker", 2), [2]);
  });
});

describe("A server that forgets its scripts", () => {
  test("is told them again, and the order is kept", async (t) => {
    const server = await redisFor(t);
    const { layer } = await layerFor(t, server);
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
    await server.command("SCRIPT", "FLUSH");
    const before = n;
    await until(() => sent.some((number) => number > before + 20), "messages after it");
    clearInterval(load);
    await eventually(() => layer.groupSend("group", numbered(1_000_000)));
    const received = await takeUntil(layer, channel.name, 1_000_000);
    assert.deepEqual(
      received,
      received.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(received).size, received.length);
  });
});
