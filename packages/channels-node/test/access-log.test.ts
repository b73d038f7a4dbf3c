import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { consumer, Denial, route, urlRouter, type ServerSocket } from "@lobby/channels";
import { until } from "@lobby/test-support/waiting";
import { Echo } from "./support/echo.ts";
import { ask } from "./support/http.ts";
import { handshake, RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";
import { receiveDenial, WireClient } from "./support/wire-client.ts";

describe("The access log", () => {
  const application = {
    http: (): Response => new Response("page", { status: 201 }),
    websocket: urlRouter([
      route("/ws/", consumer(Echo)),
      route("/no/", (_socket: ServerSocket) => new Denial(401, "No.")),
    ]),
  };

  test("has an entry for an HTTP request", async (t) => {
    const { httpUrl, accessLog } = await startServer(t, application);
    await (await ask(`${httpUrl}/page?q=1`, { method: "PUT" })).text();
    await until(() => accessLog.length === 1, "the entry");
    const [{ durationMs, ...entry } = { durationMs: -1 }] = accessLog;
    assert.deepEqual(entry, { kind: "http", method: "PUT", target: "/page?q=1", client: "127.0.0.1", status: 201 });
    assert.ok(durationMs >= 0 && durationMs < 5_000);
  });

  for (const [type, status] of [
    ["text/plain", 499],
    ["text/event-stream", 200],
  ] as const) {
    test(`has ${status} for an unfinished answer of ${type} whose client leaves`, async (t) => {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const http = (): Response => new Response(readable, { headers: { "Content-Type": type } });
      const { port, accessLog } = await startServer(t, { http });
      const client = await RawClient.connect(t, port);
      client.send(request("GET", "/"));
      void writable.getWriter().write(Buffer.from("begun"));
      await until(() => client.text.includes("begun"), "the beginning of the answer");
      client.socket.resetAndDestroy();
      await until(() => accessLog.length === 1, "the entry");
      assert.equal(accessLog[0]?.status, status);
    });
  }

  test("has an entry for a malformed request, with the client's address", async (t) => {
    const { port, accessLog } = await startServer(t, application);
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/page", { Host: "a/b", Connection: "close" }));
    await client.rest();
    await until(() => accessLog.length === 1, "the entry");
    const [{ target, client: address, status } = {}] = accessLog;
    assert.deepEqual([target, address, status], ["/page", "127.0.0.1", 400]);
  });

  test("has an entry for a connection that opens, and one with the close code when it ends", async (t) => {
    const { wsUrl, accessLog } = await startServer(t, application);
    const client = await WireClient.open(t, `${wsUrl}/ws/?q=1`);
    const common = { method: "GET", target: "/ws/?q=1", client: "127.0.0.1" };
    const entries = (): object[] => accessLog.map(({ durationMs, ...rest }) => ({ ...rest, took: durationMs >= 0 }));
    assert.deepEqual(entries(), [{ kind: "websocket-open", ...common, status: 101, took: true }]);
    client.socket.close(4321);
    await until(() => accessLog.length === 2, "the entry");
    assert.deepEqual(entries()[1], { kind: "websocket-close", ...common, status: 4321, took: true });
    assert.ok((accessLog[1]?.durationMs ?? 0) >= (accessLog[0]?.durationMs ?? 0));
  });

  test("has one entry for a denied connection", async (t) => {
    const { wsUrl, server, accessLog } = await startServer(t, application);
    await receiveDenial(t, `${wsUrl}/no/`);
    await until(() => server.connections === 0, "the connection to end");
    assert.deepEqual(
      accessLog.map(({ kind, target, status }) => [kind, target, status]),
      [["websocket-refused", "/no/", 401]],
    );
  });

  test("cuts long targets, of requests and of sockets", async (t) => {
    const { port, accessLog } = await startServer(t, application);
    const target = `/${"x".repeat(5_000)}`;
    for (const bytes of [request("GET", target, { Connection: "close" }), handshake(target)]) {
      const client = await RawClient.connect(t, port);
      client.send(bytes);
      await client.rest();
    }
    await until(() => accessLog.length === 2, "both entries");
    const cut = `${target.slice(0, 1_021)}…`;
    assert.deepEqual(
      accessLog.map((entry) => entry.target),
      [cut, cut],
    );
  });
});
