import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { after, before, describe, test, type TestContext } from "node:test";
import { RedisChannelLayer, type RedisChannelLayerOptions, type RedisTlsOptions } from "@lobby/channels-redis";
import { certificate, certificatePath, key } from "@lobby/test-support/certificate";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { FakeRedis } from "./support/fake-redis.ts";
import { startRedis, startSentinel } from "./support/redis-layers.ts";
import { RedisProcess } from "./support/redis-process.ts";

async function startFake(t: TestContext, answer: (command: string) => string | undefined): Promise<FakeRedis> {
  const redis = await FakeRedis.start(answer);
  t.after(() => redis.stop());
  return redis;
}

/** Asserts that `connect` rejects with an error of this code and message. */
async function assertRejects(url: string, code: string, sentence: RegExp, tls?: RedisTlsOptions): Promise<void> {
  const options = { url, timeoutMs: 2_000, ...(tls !== undefined && { tls }) };
  await assert.rejects(RedisChannelLayer.connect(options), (error: Error & { code?: string }) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.message, sentence);
    return true;
  });
}

/** Asserts that a layer connects, and delivers a group message and a message of a named channel. */
async function assertDelivers(url: string, options: RedisChannelLayerOptions = {}): Promise<void> {
  await using layer = await RedisChannelLayer.connect({ url, ...options });
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

  test("is a sentinel fails, and the error names the scheme", async (t) => {
    const sentinel = await startSentinel(t, { port: 1 });
    const sentence = /^Expected a standalone Redis at .+ as sentinel\. Write redis\+sentinel:\/\/ and, .+ the name of/;
    await assertRejects(`${sentinel.url}/3`, "CHANNELS_REDIS_MODE", sentence);
  });

  test("has no room for another client fails with the limit", async (t) => {
    const redis = await startRedis(t, "--maxclients", "1");
    await assertRejects(
      redis.url,
      "CHANNELS_REDIS_CLIENT_LIMIT",
      /accepts no more clients \(ERR max number of clients reached\)\. Raise its maxclients/,
    );
  });

  test("lacks the database fails with the limit", async (t) => {
    const redis = await startRedis(t, "--databases", "3");
    await assertDelivers(`${redis.url}?db=2`);
    await assertRejects(
      `${redis.url}/3`,
      "CHANNELS_REDIS_DATABASE",
      /lacks the database in the URL \(ERR DB index is out of range\)\. Use a smaller number/,
    );
  });

  test("refuses writes fails", async (t) => {
    const redis = await startRedis(t, "--min-replicas-to-write", "1");
    await assertRejects(redis.url, "CHANNELS_REDIS_READ_ONLY", /refuses writes \(NOREPLICAS .+\)\. Put the address/);
  });

  test("loads its data fails with the reply of Redis, not with an advice to start it", async (t) => {
    const redis = await startFake(t, () => "-LOADING Redis is loading the dataset in memory\r\n");
    await assertRejects(redis.url, "CHANNELS_REDIS_UNAVAILABLE", /\(LOADING .+\)\. Fix what Redis reports\.$/);
  });
});

describe("A unix socket", () => {
  test("works, with a user and a database", async (t) => {
    const path = join(temporaryFolder(), "redis.sock");
    const redis = await startRedis(t, "--unixsocket", path, "--requirepass", "word");
    const proxied = `unix://default:word@${path}?db=3`;
    await assertDelivers(proxied);
    await using layer = await RedisChannelLayer.connect({ url: proxied });
    await layer.send("worker", { type: "test.message" });
    const databases = String(await redis.command("INFO", "keyspace"));
    assert.match(databases, /^db3:/m);
    assert.doesNotMatch(databases, /^db0:/m);
    await assertRejects(`unix:${path}`, "CHANNELS_REDIS_DENIED", /^Redis at unix:.+redis\.sock refuses this user/);
  });

  test("that does not exist fails with its path", async () => {
    const sentence = /^Redis at unix:\/nowhere\/redis\.sock is unavailable \(connect ENOENT .+\)\. Start it/;
    await assertRejects("unix:///nowhere/redis.sock", "CHANNELS_REDIS_UNAVAILABLE", sentence);
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
    await assertDelivers(`redis://chat:password@127.0.0.1:${redis.port}/1`);
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

  test("works with a certificate of a private authority, and with another name in it", async () => {
    await assertDelivers(`rediss://localhost:${redis.tlsPort}`, { tls: { ca: certificate } });
    const tls = { ca: certificate, servername: "localhost" };
    await assertDelivers(`rediss://[::ffff:127.0.0.1]:${redis.tlsPort}`, { tls });
  });

  test("with a certificate for another name fails", async () => {
    const tls = { ca: certificate, servername: "redis.example" };
    await assertRejects(
      `rediss://localhost:${redis.tlsPort}`,
      "CHANNELS_REDIS_TLS",
      /failed \(Hostname\/IP does not/,
      tls,
    );
  });

  test("accepts any certificate on request", async () => {
    await assertDelivers(`rediss://127.0.0.1:${redis.tlsPort}`, { tls: { rejectUnauthorized: false } });
  });

  test("identifies the client with a certificate, and its absence fails with the remedy", async (t) => {
    const strict = await RedisProcess.startWithTls("--tls-auth-clients", "yes", "--tls-ca-cert-file", certificatePath);
    t.after(() => strict.stop());
    const url = `rediss://localhost:${strict.tlsPort}`;
    await assertDelivers(url, { tls: { ca: certificate, cert: certificate, key } });
    const sentence = /asks for a certificate of the client needs `tls: \{ cert, key \}`/;
    await assertRejects(url, "CHANNELS_REDIS_TLS", sentence, { ca: certificate });
  });

  test("works with rediss:// and a trusted certificate", async (t) => {
    const trusted = getCACertificates("default");
    t.after(() => setDefaultCACertificates(trusted));
    setDefaultCACertificates([...trusted, certificate.toString()]);
    await assertDelivers(`rediss://localhost:${redis.tlsPort}`);
  });

  test("with an untrusted certificate fails, and the error names the remedy", async () => {
    const sentence =
      /failed \(self-signed certificate.*\)\..+ give the certificate of its authority as `tls: \{ ca \}`/;
    await assertRejects(`rediss://localhost:${redis.tlsPort}`, "CHANNELS_REDIS_TLS", sentence);
  });

  test("on a port without TLS fails within the time-out, and the error names the right scheme", async () => {
    const sentence = /\(no answer within 2000 ms; if the port does not speak TLS, write redis instead of rediss\)/;
    await assertRejects(`rediss://127.0.0.1:${redis.port}`, "CHANNELS_REDIS_UNAVAILABLE", sentence);
  });

  test("that the URL lacks fails, and the error names the right scheme", async () => {
    const sentence = /\(it closed the connection; if the port speaks TLS, write rediss instead of redis\)/;
    await assertRejects(`redis://127.0.0.1:${redis.tlsPort}`, "CHANNELS_REDIS_UNAVAILABLE", sentence);
  });
});
