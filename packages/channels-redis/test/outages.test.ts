import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { consumer, WebSocketConsumer } from "@lobby/channels";
import { WebSocketCommunicator, type HandshakeResult } from "@lobby/channels/testing";
import { eventually, until } from "@lobby/test-support/waiting";
import type { RedisServer } from "./support/redis-server.ts";
import { numbered } from "@lobby/test-support/numbered";
import { layerFor, proxyFor, redisFor, SLACK_MS, takeUntil, TIMEOUT_MS } from "./support/layer.ts";

const UNAVAILABLE = { code: "CHANNELS_REDIS_UNAVAILABLE" };

describe("When Redis", () => {
  test("is killed, calls are refused; when it is back the layer listens by itself, and tells the gap", async (t) => {
    const server = await redisFor(t);
    const { layer, gaps } = await layerFor(t, server);
    const { layer: other } = await layerFor(t, server);
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);
    await layer.send("worker", numbered(0));
    assert.deepEqual(await takeUntil(layer, "worker", 0), [0]);
    const waiting = takeUntil(layer, "worker", 4);

    await server.signal("SIGKILL");
    await until(() => !layer.isReady && !other.isReady, "the layers to notice");
    const refusedAtMs = performance.now();
    await assert.rejects(other.groupSend("group", numbered(1)), UNAVAILABLE);
    await assert.rejects(other.send("worker", numbered(1)), UNAVAILABLE);
    await assert.rejects(layer.send(channel.name, numbered(1)), UNAVAILABLE);
    await assert.rejects(layer.groupAdd("group 2", channel), UNAVAILABLE);
    assert.equal(layer.gaps, 0, "a gap that has not ended is not counted");

    await server.restart();
    await until(() => layer.isReady && other.isReady, "the layers to come back");
    assert.deepEqual([layer.gaps, gaps.length], [1, 1]);
    assert.ok((gaps[0]?.durationMs ?? 0) > performance.now() - refusedAtMs - SLACK_MS, "it lasted at least so long");
    assert.equal(gaps[0]?.cause.code, "CHANNELS_REDIS_UNAVAILABLE");

    await other.groupSend("group", numbered(2));
    assert.deepEqual(await takeUntil(layer, channel.name, 2), [2]);
    await layer.send(channel.name, numbered(3));
    assert.deepEqual(await takeUntil(layer, channel.name, 3), [3]);
    await other.send("worker", numbered(4));
    assert.deepEqual(await waiting, [4]);
  });

  test("is back, the gap is told when what is sent goes out again as well", async (t) => {
    const server = await redisFor(t);
    const outcomes: unknown[] = [];
    const { layer } = await layerFor(t, server);
    layer.onGap(
      () =>
        void layer.groupSend("group", numbered(1)).then(
          () => outcomes.push("sent"),
          (error) => outcomes.push(error),
        ),
    );
    for (let round = 1; round <= 8; round += 1) {
      await server.command("CLIENT", "KILL", "SKIPME", "yes");
      await until(() => outcomes.length === round, "the gap to be told");
    }
    assert.deepEqual(outcomes, Array(8).fill("sent"));
  });

  test("is paused under load, every call ends in time, and nothing waits in this process", async (t) => {
    const server = await redisFor(t);
    const { layer, gaps } = await layerFor(t, server);
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
    // What is written must not pass for a sign of life.
    const load = setInterval(() => void send(), 5);
    t.after(() => clearInterval(load));
    await server.signal("SIGSTOP");
    await until(() => !layer.isReady, "the layer to notice");
    const count = durationsMs.length;
    await until(() => durationsMs.length > count + 20, "calls that are refused at once");
    await server.signal("SIGCONT");
    await until(() => layer.isReady, "the layer to come back");
    clearInterval(load);
    isOver = true;

    assert.ok(isOver && Math.max(...durationsMs) < TIMEOUT_MS + SLACK_MS, `${Math.max(...durationsMs)} ms`);
    assert.equal(gaps.length, 1);
    assert.match(gaps[0]?.cause.message ?? "", /no answer within 400 ms/);
    await eventually(() => layer.groupSend("group", numbered(2)));
    await takeUntil(layer, channel.name, 2);
  });

  test("cuts one process off, that process alone has a gap", async (t) => {
    const server = await redisFor(t);
    const proxy = await proxyFor(t, server);
    const [near, far] = [await layerFor(t, server), await layerFor(t, proxy)];
    const channel = far.layer.newChannel();
    await far.layer.groupAdd("group", channel);
    proxy.reset();
    await until(() => far.gaps.length === 1, "the gap to be told");
    await near.layer.groupSend("group", numbered(1));
    assert.deepEqual(await takeUntil(far.layer, channel.name, 1), [1]);
    assert.deepEqual([near.layer.gaps, far.layer.gaps], [0, 1]);
  });

  test("cuts the listening connection alone, that is a gap, and no call waits for ever", async (t) => {
    const server = await redisFor(t);
    const { layer, gaps } = await layerFor(t, server, { capacity: 1_000 });
    const channel = layer.newChannel();
    for (let round = 1; round <= 5; round += 1) {
      const cut = server.command("CLIENT", "KILL", "TYPE", "pubsub");
      // Its word would come back over the connection that is cut.
      const sends = Array.from({ length: 50 }, (_, n) => layer.send(channel.name, numbered(n)).catch(codeOf));
      await Promise.all([cut, ...sends]);
      await layer.groupSend("group", numbered(0));
      await until(() => gaps.length === round, "the gap to be told");
    }
    await layer.send(channel.name, numbered(99));
    await takeUntil(layer, channel.name, 99);
  });

  test("cuts the sending connection alone, that is no gap, and nothing that comes in is lost", async (t) => {
    const server = await redisFor(t);
    const { layer: sender } = await layerFor(t, server);
    const others = await server.clients("normal");
    const { layer, gaps } = await layerFor(t, server);
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);
    const numbers = Array.from({ length: 300 }, (_, n) => n);
    const [ofWorker, ofGroup] = [takeUntil(layer, "worker", 299), takeUntil(layer, channel.name, 299)];
    for (const n of numbers) {
      await Promise.all([sender.send("worker", numbered(n)), sender.groupSend("group", numbered(n))]);
      if (n % 10 !== 0) continue;
      const outgoing = (await server.clients("normal")).find((id) => !others.includes(id));
      if (outgoing !== undefined) await server.command("CLIENT", "KILL", "ID", outgoing);
    }
    assert.deepEqual(await ofWorker, numbers);
    assert.deepEqual(await ofGroup, numbers);
    assert.deepEqual(gaps, []);
    await eventually(() => layer.groupSend("group", numbered(300)));
  });

  test("drops a listener that does not read fast enough, that is a gap, not silence", async (t) => {
    const server = await redisFor(t, "--client-output-buffer-limit", "pubsub 64kb 0 0");
    const { layer, gaps } = await layerFor(t, server);
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);
    const large = { type: "test.large", text: "x".repeat(1_000_000) };
    await layer.groupSend("group", large);
    await until(() => gaps.length === 1, "the gap to be told");
    // Redis has taken it, and the word of what became of it never comes.
    await assert.rejects(layer.send(channel.name, large), UNAVAILABLE);
    await until(() => gaps.length === 2, "the gap to be told");
    await layer.groupSend("group", numbered(1));
    assert.deepEqual(await takeUntil(layer, channel.name, 1), [1]);
  });

  test("is away, a member that leaves and joins again gets each message once, and others' groups are left", async (t) => {
    const server = await redisFor(t);
    const { layer } = await layerFor(t, server);
    const channel = layer.newChannel();
    await layer.groupAdd("again", channel);
    await layer.groupAdd("never again", channel);
    const left = Promise.all([server.signal("SIGKILL"), layer.groupDiscard("again", channel)]);
    await Promise.all([left, layer.groupDiscard("never again", channel)]);
    await server.restart();
    await until(() => layer.isReady, "the layer to come back");
    await layer.groupAdd("again", channel);
    await layer.groupSend("again", numbered(1));
    await layer.groupSend("again", numbered(2));
    assert.deepEqual(await takeUntil(layer, channel.name, 2), [1, 2]);
    const topics = (await server.command("PUBSUB", "CHANNELS", "*again")) as string[];
    assert.deepEqual(topics, ["channels!0:group:again"]);
  });

  test("is away, whoever wants in is told to come later, and is let in when it is back", async (t) => {
    const server = await redisFor(t);
    const { layer } = await layerFor(t, server);
    class Member extends WebSocketConsumer {
      override get groups(): readonly string[] {
        return ["group"];
      }
    }
    const enter = (): Promise<HandshakeResult> => new WebSocketCommunicator(consumer(Member), "/", { layer }).connect();
    await server.signal("SIGKILL");
    await until(() => !layer.isReady, "the layer to notice");
    const refused = await enter();
    assert.equal(refused.accepted || refused.status, 503);
    await server.restart();
    await until(() => layer.isReady, "the layer to come back");
    assert.equal((await enter()).accepted, true);
  });

  test("is away when the layer is closed, that ends at once", async (t) => {
    const server = await redisFor(t);
    const { layer } = await layerFor(t, server);
    await server.signal("SIGKILL");
    await until(() => !layer.isReady, "the layer to notice");
    await layer.close();
    await assert.rejects(layer.groupSend("group", numbered(1)), { code: "CHANNELS_LAYER_CLOSED" });
  });

  test("wants a password that it did not want before, calls say so until it is content", async (t) => {
    const server = await redisFor(t);
    const { layer } = await layerFor(t, server);
    await server.command("CONFIG", "SET", "requirepass", "secret");
    await server.commandAs("secret", "CLIENT", "KILL", "SKIPME", "yes");
    await until(() => refusedWith("CHANNELS_REDIS_DENIED", () => layer.groupSend("group", numbered(1))), "the refusal");
    await server.commandAs("secret", "CONFIG", "SET", "requirepass", "");
    await eventually(() => layer.groupSend("group", numbered(1)));
  });

  test("has become a replica, calls say so until it is a primary again", async (t) => {
    const server = await redisFor(t);
    const { layer, gaps } = await layerFor(t, server);
    const readOnly = { code: "CHANNELS_REDIS_READ_ONLY" };
    await server.command("REPLICAOF", "127.0.0.1", "1");
    await assert.rejects(layer.send("worker", numbered(1)), readOnly);
    await assert.rejects(layer.groupSend("group", numbered(1)), readOnly);
    await assert.rejects(layer.send(layer.newChannel().name, numbered(1)), readOnly);
    await assert.rejects(layer.groupAdd("group", "worker"), readOnly);

    await server.command("CLIENT", "KILL", "SKIPME", "yes");
    await until(() => !layer.isReady, "the layer to notice");
    const attempts = await connectionsOf(server);
    await until(async () => (await connectionsOf(server)) > attempts + 20, "the layer to try again");
    await assert.rejects(layer.groupSend("group", numbered(1)), readOnly);
    assert.equal(gaps.length, 0, "a replica is nobody to listen to");
    await server.command("REPLICAOF", "NO", "ONE");
    await until(() => gaps.length === 1, "the gap to be told");
    await eventually(() => layer.groupSend("group", numbered(1)));
  });

  test("is out of memory, what needs memory is refused, and the rest goes on", async (t) => {
    const server = await redisFor(t);
    const { layer } = await layerFor(t, server);
    const channel = layer.newChannel();
    await layer.groupAdd("group", channel);
    await layer.send("worker", numbered(1));
    await server.command("CONFIG", "SET", "maxmemory", "1");
    await assert.rejects(layer.send("worker", numbered(2)), { code: "CHANNELS_REDIS_OUT_OF_MEMORY" });
    assert.deepEqual(await takeUntil(layer, "worker", 1), [1], "what waits can be taken, which makes room");
    await layer.groupSend("group", numbered(3));
    await layer.send(channel.name, numbered(4));
    assert.deepEqual(await takeUntil(layer, channel.name, 4), [3, 4]);
  });
});

/** How many connections the server has ever taken, that of this question included. */
async function connectionsOf(server: RedisServer): Promise<number> {
  const info = String(await server.command("INFO", "stats"));
  return Number(/^total_connections_received:(\d+)/m.exec(info)?.[1]);
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code;
}

async function refusedWith(code: string, attempt: () => Promise<unknown>): Promise<boolean> {
  return (await attempt().catch(codeOf)) === code;
}
