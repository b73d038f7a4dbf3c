/** How a server ends its HTTP connections. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { soon, until } from "@lobby/test-support/waiting";
import { RawClient, request } from "./support/raw-client.ts";
import { watchServerSockets } from "./support/server-sockets.ts";
import { startServer } from "./support/server.ts";

/** Less than the server lets wait before it asks the handler to pause. */
const CHUNK_BYTES = 10_000;

describe("a server that closes", () => {
  test("ends connections that wait for their next request, at once", async (t) => {
    const { port, server } = await startServer(t, { http: () => new Response("page") });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    await until(() => client.text.includes("page"), "the page");
    await soon(server.close({ timeoutMs: 20_000 }), "the server to close");
    await client.rest();
  });

  test("waits for a request that is being answered, then ends its connection", async (t) => {
    const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const { port, server } = await startServer(t, {
      async http() {
        ask();
        await isReady;
        return new Response("page");
      },
    });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    await soon(asked, "the request");
    const closing = server.close({ timeoutMs: 20_000 });
    await assert.rejects(fetch(server.url), "the server must have stopped listening");
    ready();
    await soon(closing, "the server to close");
    assert.match(await client.rest(), /^HTTP\/1\.1 200 [^]*page/);
  });

  test("answers a request that comes on an open connection meanwhile, and says that it is the last", async (t) => {
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

  test("does not cut the end of an answer that still waits for a slow reader", async (t) => {
    const serverEnds = watchServerSockets(t);
    let sentBytes = 0;
    const { promise: isWritten, resolve: written } = Promise.withResolvers<void>();
    /** Fills what kernels buffer, and a little of what the server does, so that the end has to wait. */
    const fill = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      await nextTurn();
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
    assert.ok((serverEnds[0]?.writableLength ?? 0) > 0, "its end must be waiting");
    const closing = server.close({ timeoutMs: 20_000 });
    client.socket.resume();
    const answer = await client.rest();
    assert.ok(answer.endsWith("\r\n0\r\n\r\n"), "the answer must be whole");
    assert.ok(answer.length > sentBytes);
    await soon(closing, "the server to close");
  });

  test("cuts what is not answered at the deadline", async (t) => {
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
