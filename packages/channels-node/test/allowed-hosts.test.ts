/** Which hosts a server answers for, by HTTP and by WebSocket. */
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { consumer } from "@lobby/channels";
import { until } from "@lobby/test-support/waiting";
import type { ServerOptions } from "../src/index.ts";
import { Echo } from "./support/echo.ts";
import { handshake, RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

const REFUSAL = "This server does not answer for this host.\n";

type AskHost = (host: string | undefined, headers?: Readonly<Record<string, string>>) => Promise<number[]>;

/** Asks a server by HTTP and by WebSocket, and gives the status of both; no application may see what is refused. */
async function serveWith(t: TestContext, options: ServerOptions): Promise<{ port: number; ask: AskHost }> {
  let seen = 0;
  class Counted extends Echo {
    override connect(): void {
      seen += 1;
      this.accept();
    }
  }
  const http = (): Response => {
    seen += 1;
    return new Response("a page");
  };
  const { port, accessLog } = await startServer(t, { http, websocket: consumer(Counted) }, options);
  const ask: AskHost = async (host, headers = {}) => {
    const statuses: number[] = [];
    for (const head of [
      request("GET", "/", { ...headers, Host: host, Connection: "close" }),
      handshake("/", { ...headers, Host: host, Origin: `http://${host}` }),
    ]) {
      const before = seen;
      const client = await RawClient.connect(t, port);
      client.send(head);
      const status = Number((await client.head()).split(" ")[1]);
      if (status === 421) {
        assert.ok((await client.rest()).includes(REFUSAL));
        assert.equal(seen, before, "no application may see the request");
        await until(() => accessLog.at(-1)?.status === 421, "the log");
      }
      client.socket.destroy();
      statuses.push(status);
    }
    return statuses;
  };
  return { port, ask };
}

const TAKEN = [200, 101];
const REFUSED = [421, 421];

describe("a server that is told its hosts", () => {
  test("answers for these, at any port and however they are written", async (t) => {
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
      assert.deepEqual(await ask(host), TAKEN, host);
    }
    assert.deepEqual(await ask(new URL("http://로비.example/").host), TAKEN);
  });

  test("refuses a page whose host is a stranger's name for its address, though the origin is the same", async (t) => {
    const { ask } = await serveWith(t, { allowedHosts: ["chat.example"] });
    for (const host of [
      "evil.example",
      "chat.example.evil.example",
      "evilchat.example",
      "a.chat.example",
      "127.0.0.1",
    ]) {
      assert.deepEqual(await ask(host), REFUSED, host);
    }
  });

  test("answers for all domains below one, and not for that one itself", async (t) => {
    const { ask } = await serveWith(t, { allowedHosts: ["*.chat.example"] });
    assert.deepEqual(await ask("a.chat.example:81"), TAKEN);
    assert.deepEqual(await ask("a.b.chat.example"), TAKEN);
    assert.deepEqual(await ask("a.chat.example."), TAKEN);
    assert.deepEqual(await ask("a.chat.example.."), REFUSED);
    assert.deepEqual(await ask("chat.example"), REFUSED);
    assert.deepEqual(await ask("evilchat.example"), REFUSED);
  });

  test("goes by the host that a trusted proxy was asked for, and by nobody else's word", async (t) => {
    const headers = { "X-Forwarded-Host": "chat.example" };
    const behind = await serveWith(t, { allowedHosts: ["chat.example"], trustProxy: ["127.0.0.1"] });
    assert.deepEqual(await behind.ask("10.0.0.7:8000", headers), [200, 403]);
    assert.deepEqual(await behind.ask("chat.example", { "X-Forwarded-Host": "evil.example" }), REFUSED);
    const { ask } = await serveWith(t, { allowedHosts: ["chat.example"] });
    assert.deepEqual(await ask("evil.example", headers), REFUSED);
  });

  test("refuses a request that names no host, and goes by the whole address of one that has both", async (t) => {
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

test("a server that is told none answers for any host", async (t) => {
  const { ask } = await serveWith(t, {});
  assert.deepEqual(await ask("evil.example"), TAKEN);
});
