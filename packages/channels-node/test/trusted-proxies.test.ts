import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HttpScope } from "@lobby/channels";
import { isTrustedProxyEntry } from "../src/index.ts";
import { TrustedProxies } from "../src/trusted-proxies.ts";
import { ask } from "./support/http.ts";
import { startServer } from "./support/server.ts";

/** Answers with the client of the scope. */
function showClient(_request: Request, { client }: HttpScope): Response {
  return Response.json(client);
}

describe("trusted proxies", () => {
  const proxies = new TrustedProxies(["127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"]);

  for (const address of ["127.0.0.1", "10.0.0.1", "10.255.255.255", "::1", "fd12:3456::1"]) {
    test(`include ${address}`, () => assert.equal(proxies.has(address), true));
  }

  for (const address of ["127.0.0.2", "11.0.0.0", "9.255.255.255", "::2", "fe00::1", "", "unix", "10.0.0", "garbage"]) {
    test(`do not include ${JSON.stringify(address)}`, () => assert.equal(proxies.has(address), false));
  }

  test("are none for an empty list", () => {
    const none = new TrustedProxies([]);
    assert.deepEqual(
      ["127.0.0.1", "::1", ""].filter((address) => none.has(address)),
      [],
    );
  });

  test("may be addresses, ranges and `unix`, and `isTrustedProxyEntry` accepts the same", () => {
    const entries = ["127.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "10.0.0.1/32", "::1", "fd00::/8", "::/128", "unix"];
    assert.deepEqual(
      entries.filter((entry) => !isTrustedProxyEntry(entry)),
      [],
    );
    assert.doesNotThrow(() => new TrustedProxies(entries));
  });

  test("may be all addresses of one family", () => {
    const all = new TrustedProxies(["0.0.0.0/0"]);
    assert.deepEqual([all.has("8.8.8.8"), all.has("::1")], [true, false]);
  });

  test("include clients of a unix socket when the list contains `unix`", () => {
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

  for (const [title, sender, forwardedFor, client] of [
    ["is the sender's address without a forwarded one", "10.0.0.1", undefined, "10.0.0.1"],
    ["is the address of a sender that is not trusted", "203.0.113.9", "198.51.100.1", "203.0.113.9"],
    ["is the address that a trusted proxy forwards", "10.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["is the address before a chain of trusted proxies", "10.0.0.1", "198.51.100.1, 10.0.0.3,10.0.0.2", "198.51.100.1"],
    [
      "is the last address that is not trusted, because the client can forge those before it",
      "10.0.0.1",
      "127.0.0.1, 10.9.9.9, 198.51.100.1",
      "198.51.100.1",
    ],
    ["is not a forged address of a trusted proxy", "10.0.0.1", "10.0.0.7, 198.51.100.1, 10.0.0.2", "198.51.100.1"],
    ["is the first address when all are trusted", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["is the address of a proxy that forwards garbage", "10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"],
    ["is the first address after garbage", "10.0.0.1", "garbage, 10.0.0.2", "10.0.0.2"],
    ["is the sender's address when the header is empty", "10.0.0.1", "", "10.0.0.1"],
    ["is the sender's address when the header has only commas", "10.0.0.1", ",,", "10.0.0.1"],
    ["may be IPv6", "::1", "2001:db8::7", "2001:db8::7"],
    ["may be IPv6 in brackets", "::1", "[2001:db8::7]", "2001:db8::7"],
    ["is in IPv4 form when the proxy forwards it as IPv6", "10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"],
    ["is the address that a proxy on a unix socket forwards", "", "198.51.100.1", "198.51.100.1"],
  ] as const) {
    test(title, () => assert.equal(proxies.clientAddress(sender, forwardedFor), client));
  }

  test("reaches the application, with port 0 when a proxy forwarded it", async (t) => {
    const headers = { "X-Forwarded-For": "127.0.0.1, 198.51.100.1" };
    const trusting = await startServer(t, { http: showClient }, { trustProxy: ["127.0.0.1"] });
    assert.deepEqual(await (await ask(trusting.httpUrl, { headers })).json(), {
      address: "198.51.100.1",
      port: 0,
      isUntrustedProxy: false,
    });
    assert.equal(trusting.accessLog[0]?.client, "198.51.100.1");

    const strict = await startServer(t, { http: showClient });
    const client = (await (await ask(strict.httpUrl, { headers })).json()) as { address: string; port: number };
    assert.equal(client.address, "127.0.0.1");
    assert.ok(client.port > 0);
  });
});
