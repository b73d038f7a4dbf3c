/** Streaming bodies, and their end when the client leaves. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextIteration, setTimeout as delay } from "node:timers/promises";
import type { ChannelsError } from "@lobby/channels";
import { soon, until } from "@lobby/test-support/waiting";
import { heldHandler } from "./support/held-handler.ts";
import { ask } from "./support/http.ts";
import { RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

const MEBIBYTE = 1_048_576;

/** Returns an endless answer, and whether its body was cancelled. */
function endless(): { readonly response: Response; readonly isCancelled: () => boolean } {
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await nextIteration();
      controller.enqueue(new Uint8Array(100));
    },
    cancel() {
      isCancelled = true;
    },
  });
  return { response: new Response(body), isCancelled: () => isCancelled };
}

describe("The body of an answer", () => {
  test("reaches the client chunk by chunk", async (t) => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const { httpUrl } = await startServer(t, { http: () => new Response(readable) });
    const response = await ask(httpUrl);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const writer = writable.getWriter();
    for (const text of ["하나", "둘"]) {
      void writer.write(new TextEncoder().encode(text));
      assert.equal((await soon(reader?.read() ?? Promise.reject(new Error("no body")), "a chunk")).value, text);
    }
    void writer.close();
    assert.equal((await reader?.read())?.done, true);
  });

  test("of 20 mebibytes arrives whole", async (t) => {
    const bytes = new Uint8Array(20 * MEBIBYTE).map((_, index) => index % 251);
    const { httpUrl } = await startServer(t, { http: () => new Response(bytes) });
    assert.ok(Buffer.from(await (await ask(httpUrl)).arrayBuffer()).equals(bytes));
  });

  test("is not produced faster than the client reads", async (t) => {
    let chunks = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks += 1;
        if (chunks > 1_000) controller.close();
        else controller.enqueue(new Uint8Array(MEBIBYTE / 10));
      },
    });
    const { port } = await startServer(t, { http: () => new Response(body) });
    const client = await RawClient.connect(t, port);
    client.socket.pause();
    client.send(request("GET", "/"));
    let before = -1;
    await until(() => {
      const isStalled = chunks === before && chunks > 1;
      before = chunks;
      return isStalled;
    }, "the server to wait for the client");
    assert.ok(chunks < 900, `${chunks} chunks were produced`);
  });

  test("is cancelled when the client leaves in the middle", async (t) => {
    const { response, isCancelled } = endless();
    const { port } = await startServer(t, { http: () => response });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    await client.head();
    client.socket.destroy();
    await until(isCancelled, "the body to be cancelled");
  });

  test("is cancelled when the client left before its start", async (t) => {
    const { response, isCancelled } = endless();
    const { http, asked, release } = heldHandler(response);
    const { port } = await startServer(t, { http });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    const signal = await soon(asked, "the request");
    client.socket.destroy();
    await until(() => signal.aborted, "the handler to notice");
    release();
    await until(isCancelled, "the body to be cancelled");
  });

  test("is cancelled for a HEAD request", async (t) => {
    const { response, isCancelled } = endless();
    const { httpUrl } = await startServer(t, { http: () => response });
    assert.equal((await ask(httpUrl, { method: "HEAD" })).status, 200);
    await until(isCancelled, "the body to be cancelled");
  });
});

describe("The body of a request", () => {
  test("of 20 mebibytes arrives whole", async (t) => {
    const bytes = new Uint8Array(20 * MEBIBYTE).map((_, index) => index % 251);
    const http = async (incoming: Request): Promise<Response> =>
      new Response(String(Buffer.from(await incoming.arrayBuffer()).equals(bytes)));
    const { httpUrl } = await startServer(t, { http }, { maxBodyBytes: 20 * MEBIBYTE });
    const response = await ask(httpUrl, { method: "POST", body: bytes });
    assert.equal(await response.text(), "true");
  });

  test("can be streamed back while it arrives", async (t) => {
    const { port } = await startServer(t, { http: ({ body }) => new Response(body) });
    const client = await RawClient.connect(t, port);
    client.send(`${request("POST", "/", { "Content-Length": "10", Connection: "close" })}first`);
    await until(() => client.text.includes("first"), "the first half");
    client.send("again");
    assert.match(await client.rest(), /first\r\n5\r\nagain\r\n0\r\n\r\n$/);
  });

  for (const [action, read] of [
    ["does not read", async () => undefined],
    [
      "stops reading",
      async ({ body }: Request) => {
        const reader = body?.getReader();
        await reader?.read();
        await reader?.cancel();
      },
    ],
  ] as const) {
    const http = async (incoming: Request): Promise<Response> => {
      if (incoming.method === "POST") await read(incoming);
      return new Response(`answer to ${incoming.method}`, { status: incoming.method === "POST" ? 413 : 200 });
    };
    test(`that the handler ${action} ends the connection when it has yet to arrive`, async (t) => {
      const { port } = await startServer(t, { http }, { maxBodyBytes: 2 * MEBIBYTE });
      const client = await RawClient.connect(t, port);
      client.send(request("POST", "/", { "Content-Length": String(2 * MEBIBYTE) }));
      client.send(new Uint8Array(MEBIBYTE));
      assert.match(await client.rest(), /^HTTP\/1\.1 413 [^]*\r\nConnection: close\r\n[^]*answer to POST/i);
    });

    test(`that the handler ${action} keeps the connection when it has arrived`, async (t) => {
      const { port } = await startServer(t, { http });
      const client = await RawClient.connect(t, port);
      client.send(`${request("POST", "/", { "Content-Length": "5" })}hello`);
      client.send(request("GET", "/", { Connection: "close" }));
      assert.match(await client.rest(), /^HTTP\/1\.1 413 [^]*answer to POST[^]*HTTP\/1\.1 200 [^]*answer to GET/);
    });
  }

  test("that the client aborts rejects in the handler, and is not reported", async (t) => {
    const { promise: failed, resolve: fail } = Promise.withResolvers<unknown>();
    const { port, accessLog } = await startServer(t, {
      async http(incoming) {
        await incoming.text().catch((error: unknown) => {
          fail(error);
          throw error;
        });
        return new Response("");
      },
    });
    const client = await RawClient.connect(t, port);
    client.send(`${request("POST", "/upload", { "Content-Length": "100" })}half of it`);
    await until(() => client.socket.writableLength === 0, "the half to be sent");
    client.socket.resetAndDestroy();
    assert.equal(((await soon(failed, "the handler to notice")) as ChannelsError).code, "CHANNELS_BROKEN_BODY");
    await until(() => accessLog.length === 1, "the log entry");
    assert.deepEqual([accessLog[0]?.target, accessLog[0]?.status], ["/upload", 499]);
  });
});

test("A handler that fails because the client aborted is not reported, even with an error of its own", async (t) => {
  const { promise: failed, resolve: fail } = Promise.withResolvers<unknown>();
  const { port } = await startServer(t, {
    async http(incoming) {
      try {
        return Response.json(await incoming.text());
      } catch (cause) {
        fail(cause);
        throw new Error("The upload is broken.", { cause });
      }
    },
  });
  const client = await RawClient.connect(t, port);
  client.send(`${request("POST", "/upload", { "Content-Length": "100" })}half of it`);
  client.socket.end();
  await soon(failed, "the handler to notice");
  await client.rest();
});

test("A handler that throws the reason of its signal, or another AbortError, is not reported, but any other failure is", async (t) => {
  const failure = new Error("a real bug");
  const signals: AbortSignal[] = [];
  const { port, accessLog, takeReports } = await startServer(t, {
    async http({ signal, url }) {
      signals.push(signal);
      if (url.endsWith("/timer")) await delay(60_000, undefined, { signal });
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      if (url.endsWith("/bug")) throw failure;
      signal.throwIfAborted();
      return new Response("");
    },
  });
  for (const [count, path] of ["/stop", "/timer", "/bug"].entries()) {
    const client = await RawClient.connect(t, port);
    client.send(request("GET", path));
    await until(() => signals.length === count + 1, "the request");
    client.socket.destroy();
  }
  await until(() => accessLog.length === 3, "all requests to end");
  await nextIteration();
  assert.deepEqual(
    takeReports().map(({ operation, error }) => [operation, error]),
    [["GET /bug", failure]],
  );
});
