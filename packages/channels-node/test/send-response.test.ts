/** Clients that do not read their answers, and connections that wait for a next request. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, test } from "node:test";
import { soon, until } from "@lobby/test-support/waiting";
import { RawClient, request } from "./support/raw-client.ts";
import { watchServerSockets } from "./support/server-sockets.ts";
import { startServer } from "./support/server.ts";

/** More than the buffers of the kernel hold. */
const LARGE = new Uint8Array(30_000_000);

describe("A client that stops reading an answer", () => {
  for (const [kind, body] of [
    ["one piece", () => LARGE],
    ["many pieces", () => ReadableStream.from(Array.from({ length: 3_000 }, () => LARGE.subarray(0, 10_000)))],
  ] as const) {
    test(`of ${kind} is cut after \`sendTimeoutMs\``, async (t) => {
      const serverEnds = watchServerSockets(t);
      const { port, accessLog } = await startServer(t, { http: () => new Response(body()) }, { sendTimeoutMs: 60 });
      const client = await RawClient.connect(t, port);
      client.socket.pause();
      client.send(request("GET", "/"));
      await until(() => accessLog.length === 1, "the answer to be over");
      assert.equal(serverEnds[0]?.destroyed, true);
      assert.equal(accessLog[0]?.status, 499, "the client did not get the whole answer");
    });
  }

  test("without a body is cut as well, and waiting requests do not start", async (t) => {
    let asked = 0;
    const serverEnds = watchServerSockets(t);
    const { port } = await startServer(
      t,
      {
        http() {
          asked += 1;
          return new Response(null, { headers: { "X-Large": "x".repeat(100_000) } });
        },
      },
      { sendTimeoutMs: 60 },
    );
    const client = await RawClient.connect(t, port);
    client.socket.pause();
    client.send(request("GET", "/").repeat(1_000));
    await until(() => serverEnds[0]?.destroyed === true, "the server to cut the connection");
    assert.ok(asked < 1_000, `${asked} requests started`);
  });
});

test("An answer that waits for its application is not cut", async (t) => {
  const serverEnds = watchServerSockets(t);
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const { port } = await startServer(t, { http: () => new Response(readable) }, { sendTimeoutMs: 40 });
  const client = await RawClient.connect(t, port);
  client.send(request("GET", "/", { Connection: "close" }));
  const writer = writable.getWriter();
  for (const text of ["one;", "two;"]) {
    await until(() => serverEnds.length === 1, "the connection");
    await soon(once(serverEnds[0] as Socket, "timeout"), "the time to pass");
    void writer.write(Buffer.from(text));
    await until(() => client.text.includes(text), "the text");
  }
  void writer.close();
  assert.match(await client.rest(), /one;[^]*two;[^]*\r\n0\r\n\r\n$/);
});

describe("A connection between two requests", () => {
  test("is kept for `keepAliveTimeoutMs`, which the answer announces", async (t) => {
    const { port } = await startServer(t, { http: () => new Response("page") });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    assert.match(await client.head(), /^Keep-Alive: timeout=125\r$/im);
    const { port: other } = await startServer(t, { http: () => new Response("page") }, { keepAliveTimeoutMs: 30 });
    const short = await RawClient.connect(t, other);
    short.send(request("GET", "/"));
    assert.match(await short.rest(), /^HTTP\/1\.1 200 /);
  });

  test("is not cut for a handler that takes longer than `sendTimeoutMs` after a slow answer", async (t) => {
    const serverEnds = watchServerSockets(t);
    const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
    const { port } = await startServer(
      t,
      {
        async http({ url }) {
          if (url.endsWith("/large")) return new Response(LARGE);
          await isReady;
          return new Response("small page");
        },
      },
      { sendTimeoutMs: 500 },
    );
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/large") + request("GET", "/small", { Connection: "close" }));
    let received = 0;
    let end = "";
    client.socket.removeAllListeners("data").on("data", (chunk: Buffer) => {
      received += chunk.length;
      end = chunk.toString("latin1");
    });
    await until(() => received > 0, "the start of the large answer");
    const passed = once(serverEnds[0] as Socket, "timeout");
    await until(() => received > LARGE.length, "the large answer");
    await soon(passed, "the time to pass");
    ready();
    await client.rest();
    assert.match(end, /small page/);
  });
});

for (const way of ["destroy", "resetAndDestroy"] as const) {
  test(`A client that leaves an answer with a Content-Length causes no report, by \`${way}\``, async (t) => {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    const { port, accessLog } = await startServer(t, {
      http: () =>
        new Response(
          new ReadableStream({
            start: (body) => body.enqueue(Buffer.from("begun")),
            cancel: leave,
          }),
          { headers: { "Content-Length": "1000" } },
        ),
    });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    await until(() => client.text.includes("begun"), "the beginning of the answer");
    client.socket[way]();
    await soon(left, "the server to notice");
    await until(() => accessLog.length === 1, "the log entry");
    assert.equal(accessLog[0]?.status, 499);
  });
}

describe("An answer with headers of another connection", () => {
  const relayed = { Connection: "keep-alive", "Keep-Alive": "timeout=500", "Transfer-Encoding": "chunked" };
  for (const [name, head] of [
    ["HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n"],
    ["a client that asks to end the connection", request("GET", "/", { Connection: "close" })],
    ["a client that sends a part of its body", `${request("POST", "/", { "Content-Length": "5" })}he`],
  ] as const) {
    test(`ends the connection of ${name}`, async (t) => {
      const { port } = await startServer(t, { http: () => new Response("page", { headers: relayed }) });
      const client = await RawClient.connect(t, port);
      client.send(head);
      const answer = await client.rest();
      assert.match(answer, /^HTTP\/1\.1 200 [^]*^Connection: close\r$/m);
      assert.doesNotMatch(answer, /keep-alive/i);
      assert.equal(/^transfer-encoding:/im.test(answer), name !== "HTTP/1.0");
    });
  }
});
