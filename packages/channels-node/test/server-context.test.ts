import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextIteration } from "node:timers/promises";
import type { HttpScope, ServerClosingError, ServerContext } from "@lobby/channels";
import { soon, until } from "@lobby/test-support/waiting";
import { ask } from "./support/http.ts";
import { RawClient, request } from "./support/raw-client.ts";
import { startServer, type TestServer } from "./support/server.ts";

/** Starts a server and returns the context of its requests. */
async function startWithContext(
  t: Parameters<typeof startServer>[0],
): Promise<TestServer & { readonly context: ServerContext }> {
  const seen: ServerContext[] = [];
  const started = await startServer(t, {
    http(_request, { server }) {
      seen.push(server);
      return new Response("page");
    },
  });
  await (await ask(started.httpUrl)).text();
  await (await ask(started.httpUrl)).text();
  const [context, again] = seen;
  assert.ok(context !== undefined && context === again, "all requests of a server must share one context");
  return { ...started, context };
}

describe("The context of a server", () => {
  test("signals to an endless answer that the server closes, and the server waits for its end", async (t) => {
    const { port, server } = await startServer(t, {
      http(_request: Request, { server: { closing } }: HttpScope) {
        return new Response(
          new ReadableStream<Uint8Array>({
            start(controller) {
              controller.enqueue(Buffer.from("news;"));
              closing.addEventListener("abort", () => {
                const { closeCode, reason } = closing.reason as ServerClosingError;
                controller.enqueue(Buffer.from(`${closeCode} ${reason};`));
                controller.close();
              });
            },
          }),
        );
      },
    });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    await until(() => client.text.includes("news;"), "the first chunk");
    await soon(server.close({ code: 1001, reason: "안녕히", timeoutMs: 20_000 }), "the server to close");
    assert.match(await client.rest(), /news;[^]*1001 안녕히;/);
  });

  test("delays the end of the server until its work has finished, including work that it adds", async (t) => {
    const { server, context } = await startWithContext(t);
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    context.waitUntil(first.promise.then(() => context.waitUntil(second.promise)));
    let isClosed = false;
    const closing = server.close({ timeoutMs: 20_000 }).then(() => (isClosed = true));
    await nextIteration();
    first.resolve();
    await nextIteration();
    assert.equal(isClosed, false);
    second.resolve();
    await soon(closing, "the server to close");
  });

  test("does not delay the server beyond its deadline", async (t) => {
    const { server, context } = await startWithContext(t);
    context.waitUntil(new Promise(() => undefined));
    await soon(server.close({ timeoutMs: 5 }), "the server to close");
  });

  test("reports failed work", async (t) => {
    const { server, context, takeReports } = await startWithContext(t);
    context.waitUntil(Promise.reject(new Error("no disk")));
    await soon(server.close(), "the server to close");
    assert.deepEqual(
      takeReports().map(({ source, operation, error }) => [source, operation, String(error)]),
      [["http", "waitUntil", "Error: no disk"]],
    );
  });

  test("lets a handler end with the reason of `closing`: the client gets 503, without a report", async (t) => {
    const { promise: isAsked, resolve: asked } = Promise.withResolvers<void>();
    const { port, server } = await startServer(t, {
      async http(_request: Request, { server: { closing } }: HttpScope) {
        asked();
        await new Promise<void>((_, reject) => {
          closing.addEventListener("abort", () => reject(closing.reason as ServerClosingError));
        });
        return new Response("page");
      },
    });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    await soon(isAsked, "the request");
    await soon(server.close(), "the server to close");
    assert.match(await client.rest(), /^HTTP\/1\.1 503 /);
  });
});
