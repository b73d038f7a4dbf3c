import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HttpScope } from "@lobby/channels";
import { isTrustedProxyEntry } from "../src/index.ts";
import { TrustedProxies } from "../src/trusted-proxies.ts";
import { ask } from "./support/http.ts";
import { startServer } from "./support/server.ts";

function showClient(_request: Request, { client }: HttpScope): Response {
  return Response.json(client);
}

describe("trusted proxies", () => {
  const proxies = new TrustedProxies(["127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"]);

  for (const address of ["127.0.0.1", "10.0.0.1", "10.255.255.255", "::1", "fd12:3456::1"]) {
    test(`include ${address}`, () => assert.equal(proxies.has(address), true));
  }

  for (const address of ["127.0.0.2", "11.0.0.0", "9.255.255.255", "::2", "fe00::1", "", "unix", "10.0.0", "rubbish"]) {
    test(`do not include ${JSON.stringify(address)}`, () => assert.equal(proxies.has(address), false));
  }

  test("are nobody when none are named", () => {
    const nobody = new TrustedProxies([]);
    assert.deepEqual(
      ["127.0.0.1", "::1", ""].filter((address) => nobody.has(address)),
      [],
    );
  });

  test("may be addresses, ranges and unix sockets, and this can be asked before", () => {
    const entries = ["127.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "10.0.0.1/32", "::1", "fd00::/8", "::/128", "unix"];
    assert.deepEqual(
      entries.filter((entry) => !isTrustedProxyEntry(entry)),
      [],
    );
    assert.doesNotThrow(() => new TrustedProxies(entries));
  });

  test("may be everybody, per family", () => {
    const everybody = new TrustedProxies(["0.0.0.0/0"]);
    assert.deepEqual([everybody.has("8.8.8.8"), everybody.has("::1")], [true, false]);
  });

  test("on a unix socket have no address, and are trusted when the list says so", () => {
    assert.equal(new TrustedProxies(["unix"]).has(""), true);
    assert.equal(new TrustedProxies(["unix", "10.0.0.1"]).has("10.0.0.1"), true);
  });

  for (const entry of [
    "",
    "localhost",
    "10.0.0.0/33",
    "::/129",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "10.0.0.0/-1",
    "10.0.0.0/1e1",
    "10.0.0",
    "*",
    "Unix",
  ]) {
    test(`cannot be ${JSON.stringify(entry)}`, () => {
      assert.throws(() => new TrustedProxies(["127.0.0.1", entry]), {
        code: "CHANNELS_CONFIGURATION",
        message: `Expected a trusted proxy such as "127.0.0.1", "10.0.0.0/8" or "unix", got ${JSON.stringify(entry)}.`,
      });
      assert.equal(isTrustedProxyEntry(entry), false);
    });
  }
});

describe("the client's address", () => {
  const proxies = new TrustedProxies(["10.0.0.0/8", "::1", "unix"]);

  for (const [what, peer, forwardedFor, client] of [
    ["is the peer's when nothing is forwarded", "10.0.0.1", undefined, "10.0.0.1"],
    ["is the peer's when the peer is not trusted", "203.0.113.9", "198.51.100.1", "203.0.113.9"],
    ["is what a trusted peer says", "10.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["is found behind a chain of trusted proxies", "10.0.0.1", "198.51.100.1, 10.0.0.3,10.0.0.2", "198.51.100.1"],
    [
      "is the last untrusted one: what stands before it is its own lie",
      "10.0.0.1",
      "127.0.0.1, 10.9.9.9, 198.51.100.1",
      "198.51.100.1",
    ],
    ["is not a lie that looks like a proxy of ours", "10.0.0.1", "10.0.0.7, 198.51.100.1, 10.0.0.2", "198.51.100.1"],
    ["is the first proxy when all of them are trusted", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["is that of the proxy that forwards rubbish", "10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"],
    ["is that of the last proxy before rubbish", "10.0.0.1", "rubbish, 10.0.0.2", "10.0.0.2"],
    ["is the proxy's when the header is empty", "10.0.0.1", "", "10.0.0.1"],
    ["is the proxy's when the header is nothing but commas", "10.0.0.1", ",,", "10.0.0.1"],
    ["may be IPv6", "::1", "2001:db8::7", "2001:db8::7"],
    ["may be IPv6 in brackets", "::1", "[2001:db8::7]", "2001:db8::7"],
    ["is IPv4 when it comes as IPv6", "10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"],
    ["is known behind a proxy on a unix socket", "", "198.51.100.1", "198.51.100.1"],
  ] as const) {
    test(what, () => assert.equal(proxies.clientAddress(peer, forwardedFor), client));
  }

  test("reaches the application, with no port when it was forwarded", async (t) => {
    const headers = { "X-Forwarded-For": "127.0.0.1, 198.51.100.1" };
    const trusting = await startServer(t, { http: showClient }, { trustProxy: ["127.0.0.1"] });
    assert.deepEqual(await (await ask(trusting.httpUrl, { headers })).json(), { address: "198.51.100.1", port: 0 });
    assert.equal(trusting.accessLog[0]?.client, "198.51.100.1");

    const wary = await startServer(t, { http: showClient });
    const client = (await (await ask(wary.httpUrl, { headers })).json()) as { address: string; port: number };
    assert.equal(client.address, "127.0.0.1");
    assert.ok(client.port > 0);
  });
});
