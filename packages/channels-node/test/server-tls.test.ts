import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, test, type TestContext } from "node:test";
import { connect } from "node:tls";
import { consumer, WebSocketConsumer } from "@lobby/channels";
import { certificate, key } from "@lobby/test-support/certificate";
import { soon, until } from "@lobby/test-support/waiting";
import type { ServerOptions } from "../src/index.ts";
import { RawClient, request as rawRequest } from "./support/raw-client.ts";
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

describe("A client that ends its half of a TLS connection", () => {
  const LARGE = new Uint8Array(5_000_000).fill(97);

  for (const way of ["TLS", "TCP"] as const) {
    test(`with ${way} gets its answers, and the whole of a large one`, async (t) => {
      const serverEnds: Socket[] = [];
      const { port, accessLog } = await startServer(
        t,
        {
          async http() {
            await until(() => serverEnds[0]?.readableEnded === true, "the server to notice");
            return new Response(LARGE);
          },
        },
        { tls: { cert: certificate, key } },
      );
      const watch = (message: unknown): number => serverEnds.push((message as { readonly socket: Socket }).socket);
      subscribe("http.server.request.start", watch);
      t.after(() => unsubscribe("http.server.request.start", watch));
      const raw = new RawClient(t, { port, host: "127.0.0.1", allowHalfOpen: true });
      const client = connect({ socket: raw.socket, ca: certificate });
      client.allowHalfOpen = true;
      t.after(() => client.destroy());
      await soon(once(client, "secureConnect"), "a connection");
      client.write(rawRequest("GET", "/first") + rawRequest("GET", "/second"));
      const whole = text(client);
      await until(() => serverEnds.length > 0, "the first request");
      if (way === "TLS") client.end();
      else raw.socket.end();
      const answers = await soon(whole, "the answers");
      assert.equal(answers.match(/a{1000}/g)?.length, 10_000);
      await until(() => accessLog.length === 2, "both log entries");
      assert.deepEqual(
        accessLog.map(({ status }) => status),
        [200, 200],
      );
    });
  }
});

test("`serve` rejects without a certificate and its key, or with malformed ones", async (t) => {
  for (const tls of [{}, { key }, { cert: "", key: "" }, { cert: "garbage", key }]) {
    await assert.rejects(startTlsServer(t, { tls }), { code: "CHANNELS_CONFIGURATION" });
  }
});
