import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { describe, test, type TestContext } from "node:test";
import { consumer, WebSocketConsumer } from "@lobby/channels";
import { certificate, key } from "@lobby/test-support/certificate";
import { soon, until } from "@lobby/test-support/waiting";
import type { ServerOptions } from "../src/index.ts";
import { RawClient } from "./support/raw-client.ts";
import { watchServerSockets } from "./support/server-sockets.ts";
import { startServer, type TestServer } from "./support/server.ts";
import { receiveDenial, WireClient } from "./support/wire-client.ts";

class ShowUrl extends WebSocketConsumer {
  override connect(): void {
    this.accept();
    this.send(this.scope.url.href);
  }
}

function startTlsServer(t: TestContext, options: ServerOptions = {}): Promise<TestServer> {
  return startServer(
    t,
    { http: (_request, { url }) => new Response(url.href), websocket: consumer(ShowUrl) },
    { tls: { cert: certificate, key }, ...options },
  );
}

describe("A server with a certificate", () => {
  test("serves HTTPS, with https in its URL and its scopes", async (t) => {
    const { httpUrl } = await startTlsServer(t);
    assert.match(httpUrl, /^https:\/\/127\.0\.0\.1:\d+$/);
    const asking = request(`${httpUrl}/page`, { ca: certificate });
    asking.end();
    const [response] = (await soon(once(asking, "response"), "an answer")) as [IncomingMessage];
    assert.equal(await text(response), `${httpUrl}/page`);
  });

  test("serves WebSockets to pages of its own origin", async (t) => {
    const { wsUrl, httpUrl } = await startTlsServer(t);
    const client = await WireClient.open(t, `${wsUrl}/ws/`, { ca: certificate, headers: { Origin: httpUrl } });
    assert.equal(await client.next(), `${wsUrl}/ws/`);
    const foreign = { ca: certificate, headers: { Origin: "https://evil.example" } };
    assert.equal((await receiveDenial(t, wsUrl, foreign)).status, 403);
  });

  test("closes its connections with 1012", async (t) => {
    const { wsUrl, server } = await startTlsServer(t);
    const client = await WireClient.open(t, wsUrl, { ca: certificate });
    await soon(server.close(), "the server to close");
    assert.equal((await client.ended()).code, 1012);
    assert.equal(server.connections, 0);
  });

  for (const start of ["GET / HTTP/1.1", "DELETE / HTTP/1.1", "CONNECT a:443 HTTP/1.1", "nonsense"]) {
    test(`answers ${start} without TLS with 400, and logs it`, async (t) => {
      const { port, accessLog } = await startTlsServer(t);
      const client = await RawClient.connect(t, port);
      client.send(`${start}\r\nHost: 127.0.0.1\r\n\r\n`);
      assert.match(await client.rest(), /^HTTP\/1\.1 400 [^]*This port speaks HTTPS\./);
      const line = { kind: "http", method: "", target: "", client: "127.0.0.1", status: 400, durationMs: 0 };
      assert.deepEqual(accessLog, [line]);
    });
  }

  test("logs nothing for a connection that ends without a byte", async (t) => {
    const serverEnds = watchServerSockets(t);
    const { port, accessLog } = await startTlsServer(t);
    const client = await RawClient.connect(t, port);
    client.socket.end();
    await client.rest();
    await until(() => serverEnds[0]?.closed === true, "the server to close its end");
    assert.deepEqual(accessLog, []);
  });

  test("ends a connection that does not start TLS in time", async (t) => {
    const { port } = await startTlsServer(t, { headersTimeoutMs: 30 });
    const client = await RawClient.connect(t, port);
    await client.rest();
  });

  test("does not wait beyond its deadline for an unfinished TLS handshake", async (t) => {
    const serverEnds = watchServerSockets(t);
    const { port, server } = await startTlsServer(t);
    const client = await RawClient.connect(t, port);
    await until(() => serverEnds.length === 1, "the connection to arrive");
    await soon(server.close({ timeoutMs: 30 }), "the server to close");
    await client.rest();
  });
});

test("`serve` rejects without a certificate and its key, or with malformed ones", async (t) => {
  for (const tls of [{}, { key }, { cert: "", key: "" }, { cert: "garbage", key }]) {
    await assert.rejects(startTlsServer(t, { tls }), { code: "CHANNELS_CONFIGURATION" });
  }
});
