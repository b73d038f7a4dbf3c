import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { RedisChannelLayer } from "@lobby/channels-redis";
import type { ChannelMessage } from "@lobby/channels";
import { RedisServer } from "./support/redis-server.ts";

const MESSAGE: ChannelMessage = { type: "test.message" };

describe("When Redis", () => {
  let server: RedisServer;

  beforeEach(async () => {
    server = await RedisServer.start();
  });
  afterEach(() => server.stop());

  test("is not there, connecting fails with the address and what to do", async () => {
    await server.signal("SIGKILL");
    await assert.rejects(RedisChannelLayer.connect({ url: server.url }), (error: Error & { code: string }) => {
      assert.equal(error.code, "CHANNELS_REDIS_UNAVAILABLE");
      assert.match(error.message, new RegExp(`^Redis at 127\\.0\\.0\\.1:${server.port} cannot be reached .+ Start it`));
      return true;
    });
  });

  test("wants a password, connecting fails, without showing the one that was given", async () => {
    await server.stop();
    server = await RedisServer.start("--requirepass", "right");
    for (const url of [server.url, `redis://:wrong@127.0.0.1:${server.port}`]) {
      await assert.rejects(RedisChannelLayer.connect({ url }), (error: Error & { code: string }) => {
        assert.equal(error.code, "CHANNELS_REDIS_DENIED");
        assert.doesNotMatch(error.message, /wrong/);
        return true;
      });
    }
    await using layer = await RedisChannelLayer.connect({ url: `redis://:right@127.0.0.1:${server.port}` });
    await layer.send("worker", MESSAGE);
  });

  test("is killed and comes back, the layer listens again by itself, and says that there was a gap", async () => {
    const { promise: gap, resolve } = Promise.withResolvers<{ readonly durationMs: number }>();
    await using layer = await RedisChannelLayer.connect({ url: server.url, onGap: resolve });
    await using other = await RedisChannelLayer.connect({ url: server.url });
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);
    await layer.send("worker", MESSAGE);
    await layer.receive("worker");
    const waiting = layer.receive("worker");

    await server.signal("SIGKILL");
    await assert.rejects(other.groupSend("group", MESSAGE), { code: "CHANNELS_REDIS_UNAVAILABLE" });
    await assert.rejects(other.send("worker", MESSAGE), { code: "CHANNELS_REDIS_UNAVAILABLE" });
    await server.restart();
    const { durationMs } = await gap;
    assert.ok(durationMs > 0);
    assert.equal(layer.gaps, 1);

    await eventually(() => other.groupSend("group", MESSAGE));
    assert.deepEqual(await layer.receive(channel.name), MESSAGE);
    await eventually(() => other.send("worker", MESSAGE));
    assert.deepEqual(await waiting, MESSAGE);
  });

  test("is paused, calls fail in time, and all goes on when it continues", async () => {
    await using layer = await RedisChannelLayer.connect({ url: server.url, timeoutMs: 300 });
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);
    await server.signal("SIGSTOP");
    await assert.rejects(layer.groupSend("group", MESSAGE), { code: "CHANNELS_REDIS_UNAVAILABLE" });
    await server.signal("SIGCONT");
    await eventually(() => layer.send(channel.name, { type: "test.after" }));
    let received = await layer.receive(channel.name);
    // What was sent while it was paused may have arrived after all: nobody was told that it did not.
    while (received.type !== "test.after") received = await layer.receive(channel.name);
  });

  test("takes no writes, a call says so", async () => {
    await using layer = await RedisChannelLayer.connect({ url: server.url });
    await server.command("REPLICAOF", "127.0.0.1", "1");
    await assert.rejects(layer.send("worker", MESSAGE), { code: "CHANNELS_REDIS_READ_ONLY" });
  });

  test("is out of memory, a call says so", async () => {
    await using layer = await RedisChannelLayer.connect({ url: server.url });
    await server.command("CONFIG", "SET", "maxmemory", "1");
    await assert.rejects(layer.send("worker", MESSAGE), { code: "CHANNELS_REDIS_OUT_OF_MEMORY" });
  });
});

/** Tries again until it works, for a while. */
async function eventually(attempt: () => Promise<unknown>): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
  }
}
