/** Sockets of one user on two nodes. */
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
import { RedisServer } from "./support/redis-server.ts";

type RoleScope = WebSocketScope & { readonly role: string };

test("a user's connections are refreshed and closed on every node, and nobody else's", async (t) => {
  const redis = await RedisServer.start();
  t.after(() => redis.stop());
  await using here = await RedisChannelLayer.connect({ url: redis.url });
  await using there = await RedisChannelLayer.connect({ url: redis.url });
  let role = "member";
  class Member extends WebSocketConsumer<RoleScope> {
    override scopeChanged(previous: RoleScope): void {
      this.send(`${previous.role}, then ${this.scope.role}`);
    }
  }
  const enter = async (layer: ChannelLayer, id: string): Promise<WebSocketCommunicator> => {
    const who = stack(({ subjects }: SubjectScope) => ({ role, subjects: [...subjects, userSubject(id)] }));
    const client = new WebSocketCommunicator(who(consumer(Member)), "/", { layer, timeoutMs: 10_000 });
    assert.equal((await client.connect()).accepted, true);
    return client;
  };
  const [mina, minaToo, juno] = [await enter(here, "mina"), await enter(there, "mina"), await enter(there, "juno")];
  role = "admin";
  await connections(here).refresh(userSubject("mina"));
  for (const client of [mina, minaToo]) assert.equal(await client.receive(), "member, then admin");
  await connections(there).close(userSubject("mina"), { code: 4000, reason: "Banned" });
  for (const client of [mina, minaToo]) assert.deepEqual(await client.receiveClose(), { code: 4000, reason: "Banned" });
  await connections(here).refresh(userSubject("juno"));
  assert.equal(await juno.receive(), "member, then admin");
  await juno.disconnect();

  // What was revoked while a node could not hear is found out by itself, once it hears again.
  const deaf = await enter(there, "mina");
  role = "guest";
  const admin = await createClient({ url: redis.url }).connect();
  await admin.sendCommand(["CLIENT", "KILL", "TYPE", "pubsub"]);
  admin.destroy();
  assert.equal(await deaf.receive(), "admin, then guest");
  await deaf.disconnect();
});
