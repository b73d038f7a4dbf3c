import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextIteration, setTimeout as delay } from "node:timers/promises";
import { soon, until } from "@lobby/test-support/waiting";
import { heldHandler } from "./support/held-handler.ts";
import { RawClient, request } from "./support/raw-client.ts";
import { watchServerSockets } from "./support/server-sockets.ts";
import { startServer } from "./support/server.ts";

/** Less than the high-water mark of the response. */
const CHUNK_BYTES = 10_000;

describe("A server that closes", () => {
  test("ends idle connections at once", async (t) => {
    const { port, server } = await startServer(t, { http: () => new Response("page") });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    await until(() => client.text.includes("page"), "the page");
    await soon(server.close({ timeoutMs: 20_000 }), "the server to close");
    await client.rest();
  });

  test("finishes an unfinished answer, then ends its connection", async (t) => {
    const { http, asked, release } = heldHandler(new Response("page"));
    const { port, server } = await startServer(t, { http });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    await soon(asked, "the request");
    const closing = server.close({ timeoutMs: 20_000 });
    await assert.rejects(fetch(server.url), "the server must have stopped listening");
    release();
    await soon(closing, "the server to close");
    assert.match(await client.rest(), /^HTTP\/1\.1 200 [^]*page/);
  });

  test("answers a request on an open connection meanwhile, with `Connection: close`", async (t) => {
    const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
    const { port, server } = await startServer(t, {
      async http({ url }) {
        if (url.endsWith("/slow")) await isReady;
        return new Response(`page ${url}`);
      },
    });
    const slow = await RawClient.connect(t, port);
    const other = await RawClient.connect(t, port);
    other.send(request("GET", "/first"));
    slow.send(request("GET", "/slow"));
    await until(() => other.text.includes("page"), "the first page");
    const closing = server.close({ timeoutMs: 20_000 });
    other.send(request("GET", "/second"));
    assert.match(await other.rest(), /Connection: keep-alive[^]*\/first[^]*Connection: close[^]*\/second/i);
    ready();
    await soon(closing, "the server to close");
  });

  test("does not cut an answer whose end still waits for a slow reader", async (t) => {
    const serverEnds = watchServerSockets(t);
    let sentBytes = 0;
    const { promise: isWritten, resolve: written } = Promise.withResolvers<void>();
    /** Fills the buffers of the kernel and a part of the server's own, so that the end of the answer has to wait. */
    const fill = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      await nextIteration();
      if (serverEnds[0]?.writableLength === 0) {
        controller.enqueue(new Uint8Array(CHUNK_BYTES));
        sentBytes += CHUNK_BYTES;
      } else {
        controller.close();
        setImmediate(written);
      }
    };
    const { port, server } = await startServer(t, { http: () => new Response(new ReadableStream({ pull: fill })) });
    const client = await RawClient.connect(t, port);
    client.socket.pause();
    client.send(request("GET", "/", { Connection: "keep-alive" }));
    await soon(isWritten, "the answer to be written");
    assert.ok((serverEnds[0]?.writableLength ?? 0) > 0, "the end must be waiting");
    const closing = server.close({ timeoutMs: 20_000 });
    client.socket.resume();
    const answer = await client.rest();
    assert.ok(answer.endsWith("\r\n0\r\n\r\n"), "the answer must be whole");
    assert.ok(answer.length > sentBytes);
    await soon(closing, "the server to close");
  });

  test("cuts unanswered requests at the deadline", async (t) => {
    const { promise: never } = Promise.withResolvers<Response>();
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const { port, server } = await startServer(t, {
      http() {
        ask();
        return never;
      },
    });
    const client = await RawClient.connect(t, port);
    const half = await RawClient.connect(t, port);
    half.send("GET / HTTP/1.1\r\nHo");
    client.send(request("GET", "/"));
    await soon(asked, "the request");
    await soon(server.close({ timeoutMs: 30 }), "the server to close");
    assert.deepEqual([await client.rest(), await half.rest()], ["", ""]);
  });
});

test("A server that closes cuts CONNECT behind an unanswered request at the deadline", async (t) => {
  const { http, asked } = heldHandler(new Response("page"));
  const { port, server } = await startServer(t, { http });
  const client = await RawClient.connect(t, port);
  client.send(`${request("GET", "/")}CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n`);
  await soon(asked, "the request");
  await soon(server.close({ timeoutMs: 30 }), "the server to close");
  assert.equal(await client.rest(), "");
});

describe("A client that ends its half of the connection", () => {
  for (const kind of ["GET", "POST"]) {
    test(`gets the answer to ${kind} and then the end of the connection, without a sign to the handler`, async (t) => {
      const signals: AbortSignal[] = [];
      const serverEnds = watchServerSockets(t);
      const { port, accessLog } = await startServer(t, {
        async http(incoming) {
          signals.push(incoming.signal);
          const text = await incoming.text();
          await until(() => serverEnds[0]?.readableEnded === true, "the server to notice");
          await nextIteration();
          return new Response(`page ${text}`);
        },
      });
      const client = await RawClient.connect(t, port);
      client.send(kind === "GET" ? request("GET", "/") : `${request("POST", "/", { "Content-Length": "5" })}hello`);
      client.socket.end();
      const answer = await client.rest();
      assert.match(answer, kind === "GET" ? /^HTTP\/1\.1 200 [^]*page \r\n/ : /^HTTP\/1\.1 200 [^]*page hello\r\n/);
      assert.match(answer, /^Connection: close\r$/m);
      assert.match(String(signals[0]?.reason), /The request has been answered\./);
      assert.deepEqual(
        accessLog.map(({ status }) => status),
        [200],
      );
    });
  }

  test("gets the whole of an answer that had begun", async (t) => {
    const serverEnds = watchServerSockets(t);
    let pieces = 0;
    const { port } = await startServer(t, {
      http: () =>
        new Response(
          new ReadableStream({
            async pull(body) {
              if (pieces > 0) await until(() => serverEnds[0]?.readableEnded === true, "the server to notice");
              if (pieces === 200) body.close();
              else body.enqueue(new Uint8Array(CHUNK_BYTES).fill(97));
              pieces += 1;
            },
          }),
        ),
    });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    await until(() => client.text.includes("aaa"), "the beginning of the answer");
    client.socket.end();
    const answer = await client.rest();
    assert.equal(answer.match(/a{100}/g)?.length, (200 * CHUNK_BYTES) / 100);
    assert.ok(answer.endsWith("\r\n0\r\n\r\n"));
  });

  test("is cut when the handler answers neither before nor after its signal aborts", async (t) => {
    const { promise: never } = Promise.withResolvers<Response>();
    const signals: AbortSignal[] = [];
    const { port, accessLog } = await startServer(t, {
      http({ signal }) {
        signals.push(signal);
        return never;
      },
    });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    client.socket.end();
    assert.equal(await client.rest(), "");
    await until(() => accessLog.length === 1, "the log entry");
    assert.deepEqual([signals[0]?.aborted, accessLog[0]?.status], [true, 499]);
  });

  test("gets the answer of a handler that is slower than its signal", async (t) => {
    const { http, asked, release } = heldHandler(new Response("page"));
    const { port } = await startServer(t, { http });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    client.socket.end();
    const signal = await soon(asked, "the request");
    await until(() => signal.aborted, "the signal to say that the client has probably left");
    release();
    assert.match(await client.rest(), /^HTTP\/1\.1 200 [^]*page/);
  });

  test("gets the end of the connection when the handler gives up", async (t) => {
    const { port, accessLog } = await startServer(t, {
      http: ({ signal }) => delay(60_000, new Response("late"), { signal }),
    });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    client.socket.end();
    assert.equal(await client.rest(), "");
    await until(() => accessLog.length > 0, "the log entry");
    assert.equal(accessLog[0]?.status, 499);
  });

  test("is cut from an answer that begins later and pauses", async (t) => {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    const serverEnds = watchServerSockets(t);
    const { port } = await startServer(t, {
      async http() {
        await until(() => serverEnds[0]?.readableEnded === true, "the server to notice");
        return new Response(new ReadableStream({ start: (body) => body.enqueue(Buffer.from("begun")), cancel: leave }));
      },
    });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    client.socket.end();
    await soon(left, "the server to notice");
    assert.match(client.text, /begun/);
  });

  test("is cut from an answer that has begun and pauses", async (t) => {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    const { port } = await startServer(t, {
      http: () =>
        new Response(new ReadableStream({ start: (body) => body.enqueue(Buffer.from("begun")), cancel: leave })),
    });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    await until(() => client.text.includes("begun"), "the beginning of the answer");
    client.socket.end();
    await soon(left, "the server to notice");
  });
});
