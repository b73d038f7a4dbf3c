import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { after, before, describe, test, type TestContext } from "node:test";
import { RedisChannelLayer } from "@lobby/channels-redis";
import { certificate } from "@lobby/test-support/certificate";
import { FakeRedis } from "./support/fake-redis.ts";
import { startRedis } from "./support/redis-layers.ts";
import { RedisProcess } from "./support/redis-process.ts";

async function startFake(t: TestContext, answer: (command: string) => string | undefined): Promise<FakeRedis> {
  const redis = await FakeRedis.start(answer);
  t.after(() => redis.stop());
  return redis;
}

/** Asserts that `connect` rejects with an error of this code and message. */
async function assertRejects(url: string, code: string, sentence: RegExp): Promise<void> {
  await assert.rejects(RedisChannelLayer.connect({ url, timeoutMs: 2_000 }), (error: Error & { code?: string }) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.message, sentence);
    return true;
  });
}

/** Asserts that a layer connects, and delivers a group message and a message of a named channel. */
async function assertDelivers(url: string, prefix?: string): Promise<void> {
  await using layer = await RedisChannelLayer.connect({ url, ...(prefix !== undefined && { prefix }) });
  const channel = layer.newChannel();
  await layer.groupAdd("group", channel);
  await layer.groupSend("group", { type: "test.message" });
  assert.deepEqual(await layer.receive(channel.name), { type: "test.message" });
  await layer.send("worker", { type: "test.message" });
  assert.deepEqual(await layer.receive("worker"), { type: "test.message" });
}

describe("Connecting to a Redis that", () => {
  test("is not running fails with the address and the remedy", async (t) => {
    const redis = await startRedis(t);
    await redis.signal("SIGKILL");
    const sentence = new RegExp(`^Redis at 127\\.0\\.0\\.1:${redis.port} is unavailable \\(.+\\)\\. Start it`);
    await assertRejects(redis.url, "CHANNELS_REDIS_UNAVAILABLE", sentence);
  });

  test("accepts the connection and never answers fails within the time-out", async (t) => {
    const redis = await startFake(t, () => undefined);
    await assertRejects(redis.url, "CHANNELS_REDIS_UNAVAILABLE", /\(no answer within 2000 ms;/);
  });

  test("is another program fails", async (t) => {
    const redis = await startFake(t, () => "HTTP/1.1 400 Bad Request\r\n\r\n");
    await assertRejects(redis.url, "CHANNELS_REDIS_UNAVAILABLE", /is unavailable/);
  });

  // The machine has no old Redis. These fakes answer HELLO as Redis 6 and Redis 5 do.
  test("has version 6 fails with the actual and the required version", async (t) => {
    const greeting = { server: "redis", version: "6.2.14", proto: "3", id: "1", mode: "standalone", role: "master" };
    const fields = Object.entries(greeting).flatMap(([name, value]) => [`+${name}\r\n`, `+${value}\r\n`]);
    const answer = `%${fields.length / 2}\r\n${fields.join("")}`;
    const redis = await startFake(t, (command) => (command.includes("HELLO") ? answer : "+OK\r\n"));
    await assertRejects(redis.url, "CHANNELS_REDIS_VERSION", /has version 6\.2\.14\. Upgrade it to version 7 or later/);
  });

  test("does not know HELLO fails with the required version", async (t) => {
    const redis = await startFake(t, () => "-ERR unknown command `HELLO`, with args beginning with: `3`, \r\n");
    await assertRejects(
      redis.url,
      "CHANNELS_REDIS_VERSION",
      /has version 6 or earlier\. Upgrade it to version 7 or later/,
    );
  });

  test("is a replica fails", async (t) => {
    const redis = await startRedis(t);
    await redis.command("REPLICAOF", "127.0.0.1", "1");
    await assertRejects(
      redis.url,
      "CHANNELS_REDIS_READ_ONLY",
      /refuses writes \(it is a replica\)\. Put the address of the primary/,
    );
  });

  test("is a member of a cluster fails", async (t) => {
    const redis = await startRedis(t, "--cluster-enabled", "yes");
    await assertRejects(
      redis.url,
      "CHANNELS_REDIS_MODE",
      /Expected a standalone Redis at .+, got one that runs as cluster\. Put the address/,
    );
  });

  test("has no room for another client fails with the error of Redis", async (t) => {
    const redis = await startRedis(t, "--maxclients", "1");
    await assertRejects(redis.url, "CHANNELS_REDIS_UNAVAILABLE", /max number of clients/);
  });
});

describe("The user in the URL", () => {
  let redis: RedisProcess;
  before(async () => {
    redis = await RedisProcess.start("--requirepass", "right word");
  });
  after(() => redis.stop());

  test("connects with the right password, also with special characters", async () => {
    await assertDelivers(`redis://:right%20word@127.0.0.1:${redis.port}`);
  });

  for (const [flaw, user] of [
    ["it is missing", ""],
    ["its password is wrong", ":secret@"],
    ["it is unknown", "nobody:secret@"],
  ] as const) {
    test(`is refused when ${flaw}, and the error contains no password`, async () => {
      const url = `redis://${user}127.0.0.1:${redis.port}`;
      const sentence = /refuses this user \((?!.*secret).*(NOAUTH|WRONGPASS).*\)\. Put another user and password/;
      await assertRejects(url, "CHANNELS_REDIS_DENIED", sentence);
    });
  }

  test("needs only the permissions in the README", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const [, rules = ""] = /ACL SETUSER chat (.+)/.exec(readme) ?? [];
    assert.match(rules, /-@all/);
    await redis.command("ACL", "SETUSER", "chat", ...rules.split(" "));
    await assertDelivers(`redis://chat:password@127.0.0.1:${redis.port}`);
  });

  test("gets an error for a message when it may not publish", async () => {
    await redis.command("ACL", "SETUSER", "mute", "on", ">password", "~*", "&*", "+@all", "-publish");
    const url = `redis://mute:password@127.0.0.1:${redis.port}`;
    await using layer = await RedisChannelLayer.connect({ url });
    await assert.rejects(layer.groupSend("group", { type: "test.message" }), { code: "CHANNELS_REDIS_DENIED" });
  });

  test("is refused by a script, also with the reply of newer versions", async (t) => {
    const words = "ERR ACL failure in script: User mute has no permissions to run the 'publish' command";
    const newer = await startFake(t, () => `-${words}\r\n`);
    await assertRejects(newer.url, "CHANNELS_REDIS_DENIED", /ACL failure in script/);
  });
});

describe("TLS", () => {
  let redis: RedisProcess;
  before(async () => {
    redis = await RedisProcess.startWithTls();
  });
  after(() => redis.stop());

  test("works with rediss:// and a trusted certificate", async (t) => {
    const trusted = getCACertificates("default");
    t.after(() => setDefaultCACertificates(trusted));
    setDefaultCACertificates([...trusted, certificate.toString()]);
    await assertDelivers(`rediss://localhost:${redis.tlsPort}`);
  });

  test("with an untrusted certificate fails, and the error names the remedy", async () => {
    const sentence = /failed \(self-signed certificate.*\)\..+ set NODE_EXTRA_CA_CERTS to the file of its authority/;
    await assertRejects(`rediss://localhost:${redis.tlsPort}`, "CHANNELS_REDIS_TLS", sentence);
  });

  test("on a port without TLS fails within the time-out, and the error names the right scheme", async () => {
    const sentence = /\(no answer within 2000 ms; if the port does not speak TLS, use redis:\/\/\)/;
    await assertRejects(`rediss://127.0.0.1:${redis.port}`, "CHANNELS_REDIS_UNAVAILABLE", sentence);
  });

  test("that the URL lacks fails, and the error names the right scheme", async () => {
    const sentence = /\(it closed the connection; if the port speaks TLS, use rediss:\/\/\)/;
    await assertRejects(`redis://127.0.0.1:${redis.tlsPort}`, "CHANNELS_REDIS_UNAVAILABLE", sentence);
  });
});
