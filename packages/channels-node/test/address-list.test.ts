import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HttpScope } from "@lobby/channels";
import { isTrustedProxyEntry } from "../src/index.ts";
import { AddressList } from "../src/address-list.ts";
import { ask } from "./support/http.ts";
import { startServer } from "./support/server.ts";

/** Answers with the client of the scope. */
function showClient(_request: Request, { client }: HttpScope): Response {
  return Response.json(client);
}

describe("trusted proxies", () => {
  const proxies = new AddressList(["127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"]);

  for (const address of ["127.0.0.1", "10.0.0.1", "10.255.255.255", "::1", "fd12:3456::1"]) {
    test(`include ${address}`, () => assert.equal(proxies.has(address), true));
  }

  for (const address of ["127.0.0.2", "11.0.0.0", "9.255.255.255", "::2", "fe00::1", "", "::a00:1"]) {
    test(`do not include ${JSON.stringify(address)}`, () => assert.equal(proxies.has(address), false));
  }

  test("are none for an empty list", () => {
    const none = new AddressList([]);
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
    assert.doesNotThrow(() => new AddressList(entries));
  });

  test("may be all addresses of one family", () => {
    const all = new AddressList(["0.0.0.0/0"]);
    assert.deepEqual([all.has("8.8.8.8"), all.has("::1")], [true, false]);
  });

  for (const [entry, address, isIncluded] of [
    ["::ffff:10.0.0.1", "10.0.0.1", true],
    ["::ffff:a00:1", "10.0.0.1", true],
    ["::FFFF:10.0.0.1", "10.0.0.2", false],
    ["::ffff:10.0.0.0/104", "10.9.9.9", true],
    ["::ffff:10.0.0.0/104", "11.0.0.0", false],
    ["::ffff:0:0/96", "203.0.113.7", true],
    ["::ffff:0:0/96", "2001:db8::7", false],
    ["10.1.2.3/8", "10.9.9.9", true],
    ["2001:DB8:0:0::7", "2001:db8::7", true],
    ["fe80::1%eth0", "fe80::1", true],
  ] as const) {
    test(`${isIncluded ? "" : "do not "}include ${address} for the entry ${entry}`, () => {
      assert.equal(isTrustedProxyEntry(entry), true);
      assert.equal(new AddressList([entry]).has(address), isIncluded);
    });
  }

  test("include clients of a unix socket when the list contains `unix`", () => {
    assert.equal(new AddressList(["unix"]).has(""), true);
    assert.equal(new AddressList(["unix", "10.0.0.1"]).has("10.0.0.1"), true);
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
    "[::1]",
    "10.0.0.1:80",
    "::ffff:10.0.0.0/8",
    "::ffff:10.0.0.0/129",
  ]) {
    test(`cannot be ${JSON.stringify(entry)}`, () => {
      assert.throws(() => new AddressList(["127.0.0.1", entry]), {
        code: "CHANNELS_CONFIGURATION",
        message: `Expected a trusted proxy such as "127.0.0.1", "10.0.0.0/8" or "unix", got ${JSON.stringify(entry)}.`,
      });
      assert.equal(isTrustedProxyEntry(entry), false);
    });
  }
});

describe("the client's address", () => {
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
