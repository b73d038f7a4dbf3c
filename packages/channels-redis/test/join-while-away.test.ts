/** Channels that join groups while Redis is away. Subjects of connections do, so that a connection can open then. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  connections,
  consumer,
  Denial,
  stack,
  userSubject,
  WebSocketConsumer,
  type Channel,
  type SubjectScope,
} from "@lobby/channels";
import { WebSocketCommunicator } from "@lobby/channels/testing";
import { numbered } from "@lobby/test-support/numbered";
import { eventually, until } from "@lobby/test-support/waiting";
import { connectLayer, receiveUntil, startProxy, startRedis } from "./support/redis-layers.ts";

const LATER = { joinWhileAway: true };

describe("While Redis is away,", () => {
  test("a connection with subjects opens, refreshes when Redis is back, and is then closed by another node", async (t) => {
    const redis = await startRedis(t);
    const { layer } = await connectLayer(t, redis);
    const { layer: other } = await connectLayer(t, redis);
    let role = "member";
    const withSubject = stack(({ subjects }: SubjectScope) => {
      if (role === "banned") return new Denial(403, "Banned.");
      return { role, subjects: [...subjects, userSubject("mina"), `role:${role}`] };
    });
    class Member extends WebSocketConsumer {
      override scopeChanged(): void {
        this.send((this.scope as unknown as { readonly role: string }).role);
      }
    }
    class Room extends Member {
      override get groups(): string[] {
        return ["room"];
      }
    }
    const open = (Class: typeof Member): WebSocketCommunicator =>
      new WebSocketCommunicator(withSubject(consumer(Class)), "/", { layer, timeoutMs: 10_000 });

    await redis.signal("SIGKILL");
    await until(() => !layer.isReady && !other.isReady, "the layers to notice");
    const client = open(Member);
    assert.equal((await client.connect()).accepted, true);
    const inRoom = await open(Room).connect();
    assert.ok(!inRoom.accepted && inRoom.status === 503, "a group of the consumer does not join");

    role = "admin";
    await redis.restart();
    assert.equal(await client.receive(), "admin");
    await eventually(() => connections(other).close(userSubject("mina"), { code: 4000, reason: "Bye" }));
    assert.deepEqual(await client.receiveClose(), { code: 4000, reason: "Bye" });
  });

  test("a join that waits for an answer resolves once the connection is lost, and takes effect later", async (t) => {
    const redis = await startRedis(t);
    const { layer, gaps } = await connectLayer(t, redis);
    const [later, refused] = [layer.newChannel(), layer.newChannel()];
    await redis.signal("SIGSTOP");
    const joining = layer.groupAdd("group", later, LATER);
    await assert.rejects(layer.groupAdd("group", refused), { code: "CHANNELS_REDIS_UNAVAILABLE" });
    await joining;
    await redis.signal("SIGCONT");
    await until(() => gaps.length === 1, "the gap");
    await layer.groupSend("group", numbered(1));
    assert.deepEqual(await receiveUntil(layer, later.name, 1), [1]);
    await layer.send(refused.name, numbered(2));
    assert.deepEqual(await receiveUntil(layer, refused.name, 2), [2], "the refused channel is no member");
  });

  test("channels may join at any moment of the reconnection: after the gap, all of them receive", async (t) => {
    const redis = await startRedis(t);
    const proxy = await startProxy(t, redis);
    const { layer, gaps } = await connectLayer(t, proxy, { timeoutMs: 10_000 });
    for (let round = 1; round <= 5; round += 1) {
      proxy.reset();
      await until(() => !layer.isReady, "the layer to notice");
      const joined = new Map<string, Channel>();
      while (gaps.length < round) {
        const [group, channel] = [`group ${round} ${joined.size}`, layer.newChannel()];
        await layer.groupAdd(group, channel, LATER);
        joined.set(group, channel);
        await nextTurn();
      }
      await Promise.all(joined.keys().map((group) => layer.groupSend(group, numbered(round))));
      for (const { name } of joined.values()) await receiveUntil(layer, name, round);
      assert.ok(joined.size > 1, String(joined.size));
    }
  });

  test("a channel that leaves, or closes, is forgotten", async (t) => {
    const redis = await startRedis(t);
    const { layer, gaps } = await connectLayer(t, redis);
    const [left, closed, stayed] = [layer.newChannel(), layer.newChannel(), layer.newChannel()];
    await redis.signal("SIGKILL");
    await until(() => !layer.isReady, "the layer to notice");
    for (const channel of [left, closed]) await layer.groupAdd("gone", channel, LATER);
    await layer.groupAdd("kept", stayed, LATER);
    await layer.groupDiscard("gone", left);
    await closed.close();
    await redis.restart();
    await until(() => gaps.length === 1, "the gap");
    const topics = (await redis.command("PUBSUB", "CHANNELS")) as readonly string[];
    assert.equal(topics.filter((topic) => topic.includes("gone")).length, 0);
    assert.equal(topics.filter((topic) => topic.includes("kept")).length, 1);
  });

  test("a named channel of workers does not join", async (t) => {
    const redis = await startRedis(t);
    const { layer } = await connectLayer(t, redis);
    await redis.signal("SIGKILL");
    await until(() => !layer.isReady, "the layer to notice");
    await assert.rejects(layer.groupAdd("group", "worker", LATER), { code: "CHANNELS_REDIS_UNAVAILABLE" });
    await layer.close();
    await assert.rejects(layer.groupAdd("group", "worker", LATER), { code: "CHANNELS_LAYER_CLOSED" });
  });
});

test("A join that a connected Redis refuses rejects, also with `joinWhileAway`", async (t) => {
  const redis = await startRedis(t);
  const { layer, gaps } = await connectLayer(t, redis);
  const topics = (await redis.command("PUBSUB", "CHANNELS")) as readonly string[];
  await redis.command("ACL", "SETUSER", "default", "resetchannels", ...topics.map((topic) => `&${topic}`));
  const channel = layer.newChannel();
  await assert.rejects(layer.groupAdd("group", channel, LATER), { code: "CHANNELS_REDIS_DENIED" });
  await assert.rejects(layer.groupAdd("group", channel, { later: true } as never), { code: "CHANNELS_CONFIGURATION" });
  await redis.command("ACL", "SETUSER", "default", "allchannels");
  await redis.command("CLIENT", "KILL", "TYPE", "pubsub");
  await until(() => gaps.length === 1, "the layer to reconnect");
  await layer.groupSend("group", numbered(1));
  await layer.send(channel.name, numbered(2));
  assert.deepEqual(await receiveUntil(layer, channel.name, 2), [2], "the refused channel is no member");
});
