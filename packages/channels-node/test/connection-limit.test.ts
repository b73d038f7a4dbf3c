import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "@lobby/test-support/waiting";
import { AddressList } from "../src/address-list.ts";
import { ConnectionCounts } from "../src/connection-limit.ts";
import { RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

const http = (): Response => new Response("page");

describe("A limit on connections", () => {
  test("answers one too many of a network with 429, before any request, and leaves other networks alone", async (t) => {
    const refused: string[] = [];
    const connectionLimit = { perNetwork: 2, total: 100, onRefused: (limit: string) => void refused.push(limit) };
    const { port } = await startServer(t, { http }, { connectionLimit });
    const first = await RawClient.connect(t, port, "127.0.0.2");
    const second = await RawClient.connect(t, port, "127.0.0.2");
    const third = await RawClient.connect(t, port, "127.0.0.2");
    assert.match(await third.rest(), /^HTTP\/1\.1 429 [^]*retry-after: 10\r\n[^]*from your network\.\n$/i);
    assert.deepEqual(refused, ["perNetwork"]);
    for (const client of [first, second, await RawClient.connect(t, port, "127.0.0.3")]) {
      client.send(request("GET", "/", {}));
      assert.match(await client.head(), /^HTTP\/1\.1 200 /);
    }
  });

  test("counts a connection until it ends", async (t) => {
    const { port } = await startServer(t, { http }, { connectionLimit: { perNetwork: 1, total: 100 } });
    for (let count = 0; count < 5; count += 1) {
      const client = await RawClient.connect(t, port);
      client.send(request("GET", "/", { Connection: "close" }));
      assert.match(await client.rest(), /^HTTP\/1\.1 200 /);
      await until(() => client.socket.destroyed, "the end of the connection");
    }
  });

  test("leaves out a proxy that the server does not trust, from its first forwarded request on", async (t) => {
    const { port } = await startServer(t, { http }, { connectionLimit: { perNetwork: 2, total: 100 } });
    for (let count = 0; count < 10; count += 1) {
      const client = await RawClient.connect(t, port);
      client.send(request("GET", "/", { "X-Forwarded-For": `203.0.113.${count}` }));
      assert.match(await client.head(), /^HTTP\/1\.1 200 /);
    }
  });

  test("leaves out trusted proxies and exempt ranges, and the total counts them", async (t) => {
    const connectionLimit = { perNetwork: 1, total: 4, exempt: ["127.0.0.3/32"] };
    const { port } = await startServer(t, { http }, { connectionLimit, trustProxy: ["127.0.0.2"] });
    for (const address of ["127.0.0.2", "127.0.0.2", "127.0.0.3", "127.0.0.3"]) {
      const client = await RawClient.connect(t, port, address);
      client.send(request("GET", "/", {}));
      assert.match(await client.head(), /^HTTP\/1\.1 200 /);
    }
    const last = await RawClient.connect(t, port, "127.0.0.4");
    assert.match(await last.rest(), /^HTTP\/1\.1 503 [^]*too many connections\.\n$/i);
  });

  test("needs positive integers and known options", () => {
    for (const limit of [
      { perNetwork: 0, total: 1 },
      { perNetwork: 1, total: 0.5 },
      { perNetwork: 1, total: 2, most: 3 },
    ]) {
      assert.throws(() => new ConnectionCounts(limit, new AddressList([])), { code: "CHANNELS_CONFIGURATION" });
    }
    assert.throws(() => new ConnectionCounts({ perNetwork: 1, total: 1, exempt: ["nonsense"] }, new AddressList([])), {
      code: "CHANNELS_CONFIGURATION",
    });
  });
});
