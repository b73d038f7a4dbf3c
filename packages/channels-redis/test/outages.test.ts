import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { consumer, WebSocketConsumer } from "@lobby/channels";
import { WebSocketCommunicator, type HandshakeResult } from "@lobby/channels/testing";
import { eventually, until } from "@lobby/test-support/waiting";
import type { RedisProcess } from "./support/redis-process.ts";
import { numbered } from "@lobby/test-support/numbered";
import { connectLayer, startProxy, startRedis, SLACK_MS, receiveUntil, TIMEOUT_MS } from "./support/redis-layers.ts";

const UNAVAILABLE = { code: "CHANNELS_REDIS_UNAVAILABLE" };

describe("When Redis", () => {
  test("is killed, calls reject; after its restart the layer receives again and reports a gap", async (t) => {
    const redis = await startRedis(t);
    const { layer, gaps } = await connectLayer(t, redis);
    const { layer: other } = await connectLayer(t, redis);
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);
    await layer.send("worker", numbered(0));
    assert.deepEqual(await receiveUntil(layer, "worker", 0), [0]);
    const waiting = receiveUntil(layer, "worker", 4);

    await redis.signal("SIGKILL");
    await until(() => !layer.isReady && !other.isReady, "the layers to notice");
    const outageAtMs = performance.now();
    await assert.rejects(other.groupSend("group", numbered(1)), UNAVAILABLE);
    await assert.rejects(other.send("worker", numbered(1)), UNAVAILABLE);
    await assert.rejects(layer.send(channel.name, numbered(1)), UNAVAILABLE);
    await assert.rejects(layer.groupAdd("group 2", channel), UNAVAILABLE);
    assert.equal(layer.gaps, 0, "an unfinished gap must not count");

    await redis.restart();
    await until(() => layer.isReady && other.isReady, "the layers to reconnect");
    assert.deepEqual([layer.gaps, gaps.length], [1, 1]);
    assert.ok((gaps[0]?.durationMs ?? 0) > performance.now() - outageAtMs - SLACK_MS, "the gap must cover the outage");
    assert.equal(gaps[0]?.cause.code, "CHANNELS_REDIS_UNAVAILABLE");

    await other.groupSend("group", numbered(2));
    assert.deepEqual(await receiveUntil(layer, channel.name, 2), [2]);
    await layer.send(channel.name, numbered(3));
    assert.deepEqual(await receiveUntil(layer, channel.name, 3), [3]);
    await other.send("worker", numbered(4));
    assert.deepEqual(await waiting, [4]);
  });

  test("is reachable again, `onGap` runs once the layer can send as well", async (t) => {
    const redis = await startRedis(t);
    const outcomes: unknown[] = [];
    const { layer } = await connectLayer(t, redis);
    layer.onGap(
      () =>
        void layer.groupSend("group", numbered(1)).then(
          () => outcomes.push("sent"),
          (error) => outcomes.push(error),
        ),
    );
    for (let round = 1; round <= 8; round += 1) {
      await redis.command("CLIENT", "KILL", "SKIPME", "yes");
      await until(() => outcomes.length === round, "the gap");
    }
    assert.deepEqual(outcomes, Array(8).fill("sent"));
  });

  test("is paused under load, every call settles within the time-out", async (t) => {
    const redis = await startRedis(t);
    const { layer, gaps } = await connectLayer(t, redis);
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);

    const durationsMs: number[] = [];
    let isOver = false;
    const send = async (): Promise<void> => {
      const startedAtMs = performance.now();
      await layer
        .groupSend("group", numbered(1))
        .catch((error: unknown) => assert.equal(codeOf(error), UNAVAILABLE.code));
      durationsMs.push(performance.now() - startedAtMs);
    };
    // Writes must not count as activity of Redis.
    const load = setInterval(() => void send(), 5);
    t.after(() => clearInterval(load));
    await redis.signal("SIGSTOP");
    await until(() => !layer.isReady, "the layer to notice");
    const count = durationsMs.length;
    await until(() => durationsMs.length > count + 20, "calls that reject at once");
    await redis.signal("SIGCONT");
    await until(() => layer.isReady, "the layer to reconnect");
    clearInterval(load);
    isOver = true;

    assert.ok(isOver && Math.max(...durationsMs) < TIMEOUT_MS + SLACK_MS, `${Math.max(...durationsMs)} ms`);
    assert.equal(gaps.length, 1);
    assert.match(gaps[0]?.cause.message ?? "", /no answer within 400 ms/);
    await eventually(() => layer.groupSend("group", numbered(2)));
    await receiveUntil(layer, channel.name, 2);
  });

  test("resets the connections of one process, only that process has a gap", async (t) => {
    const redis = await startRedis(t);
    const proxy = await startProxy(t, redis);
    const [near, far] = [await connectLayer(t, redis), await connectLayer(t, proxy)];
    const channel = far.layer.newChannel();
    await far.layer.groupAdd("group", channel);
    proxy.reset();
    await until(() => far.gaps.length === 1, "the gap");
    await near.layer.groupSend("group", numbered(1));
    assert.deepEqual(await receiveUntil(far.layer, channel.name, 1), [1]);
    assert.deepEqual([near.layer.gaps, far.layer.gaps], [0, 1]);
  });

  test("cuts only the incoming connection, that is a gap, and no call waits forever", async (t) => {
    const redis = await startRedis(t);
    const { layer, gaps } = await connectLayer(t, redis, { capacity: 1_000 });
    const channel = layer.newChannel();
    for (let round = 1; round <= 5; round += 1) {
      const cut = redis.command("CLIENT", "KILL", "TYPE", "pubsub");
      // Their outcomes would arrive over the cut connection.
      const sends = Array.from({ length: 50 }, (_, n) => layer.send(channel.name, numbered(n)).catch(codeOf));
      await Promise.all([cut, ...sends]);
      await layer.groupSend("group", numbered(0));
      await until(() => gaps.length === round, "the gap");
    }
    await layer.send(channel.name, numbered(99));
    await receiveUntil(layer, channel.name, 99);
  });

  test("cuts only the outgoing connection, there is no gap, and no incoming message is lost", async (t) => {
    const redis = await startRedis(t);
    const { layer: sender } = await connectLayer(t, redis);
    const others = await redis.clients("normal");
    const { layer, gaps } = await connectLayer(t, redis);
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);
    const numbers = Array.from({ length: 300 }, (_, n) => n);
    const [ofWorker, ofGroup] = [receiveUntil(layer, "worker", 299), receiveUntil(layer, channel.name, 299)];
    for (const n of numbers) {
      await Promise.all([sender.send("worker", numbered(n)), sender.groupSend("group", numbered(n))]);
      if (n % 10 !== 0) continue;
      const outgoing = (await redis.clients("normal")).find((id) => !others.includes(id));
      if (outgoing !== undefined) await redis.command("CLIENT", "KILL", "ID", outgoing);
    }
    assert.deepEqual(await ofWorker, numbers);
    assert.deepEqual(await ofGroup, numbers);
    assert.deepEqual(gaps, []);
    await eventually(() => layer.groupSend("group", numbered(300)));
  });

  test("disconnects a slow subscriber, that is a gap", async (t) => {
    const redis = await startRedis(t, "--client-output-buffer-limit", "pubsub 64kb 0 0");
    const { layer, gaps } = await connectLayer(t, redis);
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);
    const large = { type: "test.large", text: "x".repeat(1_000_000) };
    await layer.groupSend("group", large);
    await until(() => gaps.length === 1, "the gap");
    // Redis has accepted the message, and its outcome never arrives.
    await assert.rejects(layer.send(channel.name, large), UNAVAILABLE);
    await until(() => gaps.length === 2, "the gap");
    await layer.groupSend("group", numbered(1));
    assert.deepEqual(await receiveUntil(layer, channel.name, 1), [1]);
  });

  test("is unreachable, a member that leaves and joins again receives each message once", async (t) => {
    const redis = await startRedis(t);
    const { layer } = await connectLayer(t, redis);
    const channel = layer.newChannel();
    await layer.groupAdd("again", channel);
    await layer.groupAdd("never again", channel);
    const left = Promise.all([redis.signal("SIGKILL"), layer.groupDiscard("again", channel)]);
    await Promise.all([left, layer.groupDiscard("never again", channel)]);
    await redis.restart();
    await until(() => layer.isReady, "the layer to reconnect");
    await layer.groupAdd("again", channel);
    await layer.groupSend("again", numbered(1));
    await layer.groupSend("again", numbered(2));
    assert.deepEqual(await receiveUntil(layer, channel.name, 2), [1, 2]);
    const topics = (await redis.command("PUBSUB", "CHANNELS", "*again")) as string[];
    assert.deepEqual(topics, ["channels!0:group:again"]);
  });

  test("is unreachable, a new connection gets 503, and opens once Redis is back", async (t) => {
    const redis = await startRedis(t);
    const { layer } = await connectLayer(t, redis);
    class Member extends WebSocketConsumer {
      override get groups(): readonly string[] {
        return ["group"];
      }
    }
    const open = (): Promise<HandshakeResult> => new WebSocketCommunicator(consumer(Member), "/", { layer }).connect();
    await redis.signal("SIGKILL");
    await until(() => !layer.isReady, "the layer to notice");
    const denied = await open();
    assert.equal(denied.accepted || denied.status, 503);
    await redis.restart();
    await until(() => layer.isReady, "the layer to reconnect");
    assert.equal((await open()).accepted, true);
  });

  test("is unreachable, `close` ends at once", async (t) => {
    const redis = await startRedis(t);
    const { layer } = await connectLayer(t, redis);
    await redis.signal("SIGKILL");
    await until(() => !layer.isReady, "the layer to notice");
    await layer.close();
    await assert.rejects(layer.groupSend("group", numbered(1)), { code: "CHANNELS_LAYER_CLOSED" });
  });

  test("requires a new password, calls reject with that reason until it does not", async (t) => {
    const redis = await startRedis(t);
    const { layer } = await connectLayer(t, redis);
    await redis.command("CONFIG", "SET", "requirepass", "secret");
    await redis.commandAs("secret", "CLIENT", "KILL", "SKIPME", "yes");
    await until(
      () => rejectsWith("CHANNELS_REDIS_DENIED", () => layer.groupSend("group", numbered(1))),
      "a call to reject with the reason",
    );
    await redis.commandAs("secret", "CONFIG", "SET", "requirepass", "");
    await eventually(() => layer.groupSend("group", numbered(1)));
  });

  test("becomes a replica, the first refused call loses it, and calls reject with that reason until it is a primary", async (t) => {
    const redis = await startRedis(t);
    // No heartbeat finds the replica before the call does.
    const { layer, gaps } = await connectLayer(t, redis, { timeoutMs: 60_000 });
    const readOnly = { code: "CHANNELS_REDIS_READ_ONLY" };
    await redis.command("REPLICAOF", "127.0.0.1", "1");
    await assert.rejects(layer.send("worker", numbered(1)), readOnly);
    assert.equal(layer.isReady, false);
    await assert.rejects(layer.groupSend("group", numbered(1)), readOnly);
    await assert.rejects(layer.send(layer.newChannel().name, numbered(1)), readOnly);
    await assert.rejects(layer.groupAdd("group", "worker"), readOnly);
    await assert.rejects(layer.groupAdd("group", layer.newChannel()), readOnly);

    const attempts = await connectionsOf(redis);
    await until(async () => (await connectionsOf(redis)) > attempts + 20, "the layer to retry");
    await assert.rejects(layer.groupSend("group", numbered(1)), readOnly);
    assert.equal(gaps.length, 0, "the layer must not connect to a replica");
    await redis.command("REPLICAOF", "NO", "ONE");
    await until(() => gaps.length === 1, "the gap");
    await eventually(() => layer.groupSend("group", numbered(1)));
  });

  test("is a replica for a moment, that is a gap, although the incoming connection did not notice", async (t) => {
    const redis = await startRedis(t);
    const { layer, gaps } = await connectLayer(t, redis, { timeoutMs: 60_000 });
    await redis.command("REPLICAOF", "127.0.0.1", "1");
    await assert.rejects(layer.groupSend("group", numbered(1)), { code: "CHANNELS_REDIS_READ_ONLY" });
    await redis.command("REPLICAOF", "NO", "ONE");
    await until(() => gaps.length === 1, "the gap");
    assert.equal(gaps[0]?.cause.code, "CHANNELS_REDIS_READ_ONLY");
  });

  test("is out of memory, only messages to named channels are refused, also after a reconnection", async (t) => {
    const redis = await startRedis(t);
    const { layer, gaps } = await connectLayer(t, redis);
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);
    await layer.send("worker", numbered(1));
    await redis.command("CONFIG", "SET", "maxmemory", "1");
    await assert.rejects(layer.send("worker", numbered(2)), { code: "CHANNELS_REDIS_OUT_OF_MEMORY" });
    assert.deepEqual(
      await receiveUntil(layer, "worker", 1),
      [1],
      "a waiting message must be readable, because that frees memory",
    );
    await layer.groupSend("group", numbered(3));
    await layer.send(channel.name, numbered(4));
    assert.deepEqual(await receiveUntil(layer, channel.name, 4), [3, 4]);

    await redis.command("CLIENT", "KILL", "SKIPME", "yes");
    await until(() => gaps.length === 1, "the layer to reconnect");
    await layer.groupSend("group", numbered(5));
    assert.deepEqual(await receiveUntil(layer, channel.name, 5), [5]);
  });
});

/** Returns the number of connections that Redis has accepted so far, with that of this command. */
async function connectionsOf(redis: RedisProcess): Promise<number> {
  const info = String(await redis.command("INFO", "stats"));
  return Number(/^total_connections_received:(\d+)/m.exec(info)?.[1]);
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code;
}

/** Returns whether the attempt rejects with this code. */
async function rejectsWith(code: string, attempt: () => Promise<unknown>): Promise<boolean> {
  return (await attempt().catch(codeOf)) === code;
}
