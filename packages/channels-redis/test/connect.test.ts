import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { after, before, describe, test, type TestContext } from "node:test";
import { RedisChannelLayer } from "@lobby/channels-redis";
import { FakeServer } from "./support/fake-server.ts";
import { certificate } from "@lobby/test-support/certificate";
import { RedisServer } from "./support/redis-server.ts";

async function serverFor(t: TestContext, ...args: readonly string[]): Promise<RedisServer> {
  const server = await RedisServer.start(...args);
  t.after(() => server.stop());
  return server;
}

async function fakeFor(t: TestContext, answer: (request: string) => string | undefined): Promise<FakeServer> {
  const server = await FakeServer.start(answer);
  t.after(() => server.stop());
  return server;
}

/** That no layer comes of it, for a reason with this code whose sentence fits. */
async function refuses(url: string, code: string, sentence: RegExp): Promise<void> {
  await assert.rejects(RedisChannelLayer.connect({ url, timeoutMs: 2_000 }), (error: Error & { code?: string }) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.message, sentence);
    return true;
  });
}

/** That a layer connects and carries a message. */
async function carries(url: string, prefix?: string): Promise<void> {
  await using layer = await RedisChannelLayer.connect({ url, ...(prefix !== undefined && { prefix }) });
  const channel = layer.newChannel();
  await layer.groupAdd("group", channel);
  await layer.groupSend("group", { type: "test.message" });
  assert.deepEqual(await layer.receive(channel.name), { type: "test.message" });
  await layer.send("worker", { type: "test.message" });
  assert.deepEqual(await layer.receive("worker"), { type: "test.message" });
}

describe("Connecting to a Redis that", () => {
  test("is not there fails with the address and what to do", async (t) => {
    const server = await serverFor(t);
    await server.signal("SIGKILL");
    const sentence = new RegExp(`^Redis at 127\\.0\\.0\\.1:${server.port} cannot be reached \\(.+\\)\\. Start it`);
    await refuses(server.url, "CHANNELS_REDIS_UNAVAILABLE", sentence);
  });

  test("takes the connection and never answers fails in time", async (t) => {
    const server = await fakeFor(t, () => undefined);
    await refuses(server.url, "CHANNELS_REDIS_UNAVAILABLE", /\(no answer within 2000 ms;/);
  });

  test("is no Redis fails", async (t) => {
    const server = await fakeFor(t, () => "HTTP/1.1 400 Bad Request\r\n\r\n");
    await refuses(server.url, "CHANNELS_REDIS_UNAVAILABLE", /cannot be reached/);
  });

  // Old servers cannot be had here: these answer HELLO as Redis 6 and Redis 5 do.
  test("is of version 6 names the version it has and the one it needs", async (t) => {
    const greeting = { server: "redis", version: "6.2.14", proto: "3", id: "1", mode: "standalone", role: "master" };
    const fields = Object.entries(greeting).flatMap(([name, value]) => [`+${name}\r\n`, `+${value}\r\n`]);
    const answer = `%${fields.length / 2}\r\n${fields.join("")}`;
    const server = await fakeFor(t, (request) => (request.includes("HELLO") ? answer : "+OK\r\n"));
    await refuses(server.url, "CHANNELS_REDIS_VERSION", /has version 6\.2\.14; this layer needs Redis 7 or later/);
  });

  test("is too old to be greeted says so", async (t) => {
    const server = await fakeFor(t, () => "-ERR unknown command `HELLO`, with args beginning with: `3`, \r\n");
    await refuses(server.url, "CHANNELS_REDIS_VERSION", /has version 6 or earlier; this layer needs Redis 7 or later/);
  });

  test("is a replica fails", async (t) => {
    const server = await serverFor(t);
    await server.command("REPLICAOF", "127.0.0.1", "1");
    await refuses(server.url, "CHANNELS_REDIS_READ_ONLY", /takes no writes \(it is a replica\)\. Name the primary/);
  });

  test("is a member of a cluster fails", async (t) => {
    const server = await serverFor(t, "--cluster-enabled", "yes");
    await refuses(server.url, "CHANNELS_REDIS_MODE", /runs as cluster; this layer needs one server by itself/);
  });

  test("has no room for another client says what it said", async (t) => {
    const server = await serverFor(t, "--maxclients", "1");
    await refuses(server.url, "CHANNELS_REDIS_UNAVAILABLE", /max number of clients/);
  });
});

describe("A user in the URL", () => {
  let server: RedisServer;
  before(async () => {
    server = await RedisServer.start("--requirepass", "right word");
  });
  after(() => server.stop());

  test("opens the door with the right password, whatever characters it has", async () => {
    await carries(`redis://:right%20word@127.0.0.1:${server.port}`);
  });

  for (const [what, user] of [
    ["missing", ""],
    ["of a wrong password", ":secret@"],
    ["unknown", "nobody:secret@"],
  ] as const) {
    test(`that is ${what} is refused, and no password is shown`, async () => {
      const url = `redis://${user}127.0.0.1:${server.port}`;
      const sentence = /refuses this user \((?!.*secret).*(NOAUTH|WRONGPASS).*\)\. Put the right user and password/;
      await refuses(url, "CHANNELS_REDIS_DENIED", sentence);
    });
  }

  test("needs no more than what the README lists", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const [, rules = ""] = /ACL SETUSER chat (.+)/.exec(readme) ?? [];
    assert.match(rules, /-@all/);
    await server.command("ACL", "SETUSER", "chat", ...rules.split(" "));
    await carries(`redis://chat:password@127.0.0.1:${server.port}`);
  });

  test("that may not publish is refused when it does", async () => {
    await server.command("ACL", "SETUSER", "mute", "on", ">password", "~*", "&*", "+@all", "-publish");
    const url = `redis://mute:password@127.0.0.1:${server.port}`;
    await using layer = await RedisChannelLayer.connect({ url });
    await assert.rejects(layer.groupSend("group", { type: "test.message" }), { code: "CHANNELS_REDIS_DENIED" });
  });

  test("that may not do what a script does is refused in the words of newer servers, too", async (t) => {
    const words = "ERR ACL failure in script: User mute has no permissions to run the 'publish' command";
    const newer = await fakeFor(t, () => `-${words}\r\n`);
    await refuses(newer.url, "CHANNELS_REDIS_DENIED", /ACL failure in script/);
  });
});

describe("TLS", () => {
  let server: RedisServer;
  before(async () => {
    server = await RedisServer.startWithTls();
  });
  after(() => server.stop());

  test("is spoken with rediss://, when the certificate's authority is known", async (t) => {
    const usual = getCACertificates("default");
    t.after(() => setDefaultCACertificates(usual));
    setDefaultCACertificates([...usual, certificate.toString()]);
    await carries(`rediss://localhost:${server.tlsPort}`);
  });

  test("with a certificate of an unknown authority fails, and says where to name it", async () => {
    const sentence = /failed \(self-signed certificate.*\)\..+ its authority in NODE_EXTRA_CA_CERTS/;
    await refuses(`rediss://localhost:${server.tlsPort}`, "CHANNELS_REDIS_TLS", sentence);
  });

  test("with a port that does not speak it fails in time, and says which scheme to use", async () => {
    const sentence = /\(no answer within 2000 ms; if the port does not speak TLS, use redis:\/\/\)/;
    await refuses(`rediss://127.0.0.1:${server.port}`, "CHANNELS_REDIS_UNAVAILABLE", sentence);
  });

  test("that the port speaks and the URL does not is thought of", async () => {
    const sentence = /\(it hung up; if the port speaks TLS, use rediss:\/\/\)/;
    await refuses(`redis://127.0.0.1:${server.tlsPort}`, "CHANNELS_REDIS_UNAVAILABLE", sentence);
  });
});
