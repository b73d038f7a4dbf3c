import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { consumer } from "@lobby/channels";
import { until } from "@lobby/test-support/waiting";
import type { ServerOptions } from "../src/index.ts";
import { Echo } from "./support/echo.ts";
import { handshake, RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

const REASON = "This server does not answer for this host.\n";

type AskHost = (host: string | undefined, headers?: Readonly<Record<string, string>>) => Promise<number[]>;

/**
 * Starts a server. `ask` sends it a request and a handshake, and returns both statuses. It fails the test when the
 * application sees a denied one.
 */
async function serveWith(t: TestContext, options: ServerOptions): Promise<{ port: number; ask: AskHost }> {
  let calls = 0;
  class Counted extends Echo {
    override connect(): void {
      calls += 1;
      this.accept();
    }
  }
  const http = (): Response => {
    calls += 1;
    return new Response("a page");
  };
  const { port, accessLog } = await startServer(t, { http, websocket: consumer(Counted) }, options);
  const ask: AskHost = async (host, headers = {}) => {
    const statuses: number[] = [];
    for (const head of [
      request("GET", "/", { ...headers, Host: host, Connection: "close" }),
      handshake("/", { Origin: `http://${host}`, ...headers, Host: host }),
    ]) {
      const before = calls;
      const client = await RawClient.connect(t, port);
      client.send(head);
      const status = Number((await client.head()).split(" ")[1]);
      if (status === 421) {
        assert.ok((await client.rest()).includes(REASON));
        assert.equal(calls, before, "the application must not see the request");
        await until(() => accessLog.at(-1)?.status === 421, "the log entry");
      }
      client.socket.destroy();
      statuses.push(status);
    }
    return statuses;
  };
  return { port, ask };
}

const SERVED = [200, 101];
const DENIED = [421, 421];

describe("A server with a list of hosts", () => {
  test("answers for each, at any port and in any spelling", async (t) => {
    const { ask, port } = await serveWith(t, { allowedHosts: ["chat.example", "127.0.0.1", "[::1]", "로비.example"] });
    for (const host of [
      "chat.example",
      "Chat.Example",
      "chat.example:80",
      "chat.example.",
      "chat.example.:80",
      `127.0.0.1:${port}`,
      "[::1]:9",
    ]) {
      assert.deepEqual(await ask(host), SERVED, host);
    }
    assert.deepEqual(await ask(new URL("http://로비.example/").host), SERVED);
  });

  test("denies a page of another host that points at its address, although the origin matches", async (t) => {
    const { ask } = await serveWith(t, { allowedHosts: ["chat.example"] });
    for (const host of [
      "evil.example",
      "chat.example.evil.example",
      "evilchat.example",
      "a.chat.example",
      "127.0.0.1",
    ]) {
      assert.deepEqual(await ask(host), DENIED, host);
    }
  });

  test("answers for the domains below a wildcard, and not for the domain itself", async (t) => {
    const { ask } = await serveWith(t, { allowedHosts: ["*.chat.example"] });
    assert.deepEqual(await ask("a.chat.example:81"), SERVED);
    assert.deepEqual(await ask("a.b.chat.example"), SERVED);
    assert.deepEqual(await ask("a.chat.example."), SERVED);
    assert.deepEqual(await ask("a.chat.example.."), DENIED);
    assert.deepEqual(await ask("chat.example"), DENIED);
    assert.deepEqual(await ask("evilchat.example"), DENIED);
  });

  test("uses the forwarded host of a trusted proxy, and of no other client", async (t) => {
    const headers = { "X-Forwarded-Host": "chat.example" };
    const { ask } = await serveWith(t, { allowedHosts: ["chat.example"] });
    assert.deepEqual(await ask("evil.example", headers), DENIED);
    const proxied = await serveWith(t, { allowedHosts: ["chat.example"], trustProxy: ["127.0.0.1"] });
    for (const proxy of ["10.0.0.7:8000", "[::1]:8000", "lobby:8000"]) {
      assert.deepEqual(await proxied.ask(proxy, { ...headers, Origin: "http://chat.example" }), SERVED, proxy);
      assert.deepEqual(await proxied.ask(proxy, { "X-Forwarded-Host": "evil.example" }), DENIED, proxy);
      assert.deepEqual(await proxied.ask(proxy, { "X-Forwarded-Host": "chat.example, evil.example" }), DENIED, proxy);
    }
  });

  test("is safe from a client whose proxy passes X-Forwarded-Host or Forwarded on", async (t) => {
    const { ask } = await serveWith(t, { allowedHosts: ["chat.example"], trustProxy: ["127.0.0.1"] });
    for (const headers of [
      { "X-Forwarded-Host": "chat.example" },
      { "X-Forwarded-Host": "chat.example\r\nX-Forwarded-Host: chat.example" },
      { Forwarded: "host=chat.example" },
      { Forwarded: 'for=203.0.113.7;host="chat.example"', "X-Forwarded-Host": "chat.example" },
    ]) {
      for (const host of ["evil.example", "evil.example.", "evil.localhost", "127.0.0.1.evil.example"]) {
        assert.deepEqual(await ask(host, headers), DENIED, `${host} ${JSON.stringify(headers)}`);
      }
    }
    assert.deepEqual(await ask("chat.example", { "X-Forwarded-Host": "evil.example" }), DENIED);
  });

  test("also lists the names that a proxy may write into the Host header", async (t) => {
    const allowedHosts = ["chat.example", "chat.azurewebsites.example"];
    const { ask } = await serveWith(t, { allowedHosts, trustProxy: ["127.0.0.1"] });
    const headers = { "X-Forwarded-Host": "chat.example", Origin: "http://chat.example" };
    assert.deepEqual(await ask("chat.azurewebsites.example", headers), SERVED);
  });

  test("denies a request without a host, and prefers the host of a whole URL to the Host header", async (t) => {
    const { port } = await serveWith(t, { allowedHosts: ["chat.example", "localhost"] });
    for (const [head, status] of [
      ["GET / HTTP/1.0\r\n\r\n", 421],
      [request("GET", "http://evil.example/", { Host: "chat.example", Connection: "close" }), 421],
      [request("GET", "http://chat.example/", { Host: "evil.example", Connection: "close" }), 200],
    ] as const) {
      const client = await RawClient.connect(t, port);
      client.send(head);
      assert.match(await client.rest(), new RegExp(`^HTTP/1\\.1 ${status} `), head);
    }
  });
});

test("A server without a list answers for any host", async (t) => {
  const { ask } = await serveWith(t, {});
  assert.deepEqual(await ask("evil.example"), SERVED);
});
