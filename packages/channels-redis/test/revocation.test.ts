import assert from "node:assert/strict";
import { test } from "node:test";
import {
  connections,
  consumer,
  stack,
  userSubject,
  WebSocketConsumer,
  type ChannelLayer,
  type SubjectScope,
  type WebSocketScope,
} from "@lobby/channels";
import { createClient } from "@redis/client";
import { WebSocketCommunicator } from "@lobby/channels/testing";
import { RedisChannelLayer } from "@lobby/channels-redis";
import { RedisProcess } from "./support/redis-process.ts";

type RoleScope = WebSocketScope & { readonly role: string };

test("Only the connections of one user are refreshed and closed, on every node", async (t) => {
  const redis = await RedisProcess.start();
  t.after(() => redis.stop());
  await using here = await RedisChannelLayer.connect({ url: redis.url });
  await using there = await RedisChannelLayer.connect({ url: redis.url });
  let role = "member";
  class Member extends WebSocketConsumer<RoleScope> {
    override scopeChanged(previous: RoleScope): void {
      this.send(`${previous.role}, then ${this.scope.role}`);
    }
  }
  const open = async (layer: ChannelLayer, id: string): Promise<WebSocketCommunicator> => {
    const withSubject = stack(({ subjects }: SubjectScope) => ({ role, subjects: [...subjects, userSubject(id)] }));
    const client = new WebSocketCommunicator(withSubject(consumer(Member)), "/", { layer, timeoutMs: 10_000 });
    assert.equal((await client.connect()).accepted, true);
    return client;
  };
  const [mina, minaThere, juno] = [await open(here, "mina"), await open(there, "mina"), await open(there, "juno")];
  role = "admin";
  await connections(here).refresh(userSubject("mina"));
  for (const client of [mina, minaThere]) assert.equal(await client.receive(), "member, then admin");
  await connections(there).close(userSubject("mina"), { code: 4000, reason: "Banned" });
  for (const client of [mina, minaThere])
    assert.deepEqual(await client.receiveClose(), { code: 4000, reason: "Banned" });
  await connections(here).refresh(userSubject("juno"));
  assert.equal(await juno.receive(), "member, then admin");
  await juno.disconnect();

  // After a gap, a node refreshes its connections, because it may have missed a revocation.
  const disconnected = await open(there, "mina");
  role = "guest";
  const admin = await createClient({ url: redis.url }).connect();
  await admin.sendCommand(["CLIENT", "KILL", "TYPE", "pubsub"]);
  admin.destroy();
  assert.equal(await disconnected.receive(), "admin, then guest");
  await disconnected.disconnect();
});
