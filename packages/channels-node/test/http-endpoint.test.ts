import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { ChannelsError, Denial, InMemoryChannelLayer, route, stack, urlRouter, type HttpScope } from "@lobby/channels";
import { until } from "@lobby/test-support/waiting";
import { ask } from "./support/http.ts";
import { RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

describe("A handler", () => {
  test("receives a fetch Request, and its Response reaches the client", async (t) => {
    const { httpUrl } = await startServer(t, {
      async http(request) {
        const seen = [request.method, request.url, request.headers.get("x-color"), await request.text()];
        return Response.json(seen, { status: 201, headers: { "X-Shape": "round" } });
      },
    });
    const response = await ask(`${httpUrl}/로비/?q=1`, {
      method: "PUT",
      body: "본문",
      headers: { "X-Color": "blue" },
    });
    assert.deepEqual([response.status, response.headers.get("x-shape")], [201, "round"]);
    assert.deepEqual(await response.json(), ["PUT", `${httpUrl}/%EB%A1%9C%EB%B9%84/?q=1`, "blue", "본문"]);
  });

  test("receives the scope as its second argument, where frameworks expect their environment", async (t) => {
    const layer = new InMemoryChannelLayer();
    /** The shape of Hono and other frameworks. */
    const app = {
      fetch: (_request: Request, env: HttpScope & { readonly user: string }): Response => {
        assert.equal(env.layer, layer);
        return Response.json([env.type, env.url.pathname, env.params, env.client.address, env.user]);
      },
    };
    const http = urlRouter([route("/rooms/:room/", stack(() => ({ user: "Mina" }))(app.fetch))]);
    const { httpUrl } = await startServer(t, { http, layer });
    const response = await ask(`${httpUrl}/rooms/lobby/`);
    assert.deepEqual(await response.json(), ["http", "/rooms/lobby/", { room: "lobby" }, "127.0.0.1", "Mina"]);
  });

  test("may set several cookies, and so may its middleware", async (t) => {
    const cookie = stack(({ reply }: HttpScope) => {
      reply.append("Set-Cookie", "c=3");
      return {};
    });
    const headers: [string, string][] = [
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2; Path=/"],
    ];
    const { httpUrl } = await startServer(t, { http: cookie(() => new Response("", { headers })) });
    assert.deepEqual((await ask(httpUrl)).headers.getSetCookie(), ["a=1", "b=2; Path=/", "c=3"]);
  });

  test("may return a response with immutable headers, and the appended ones are still sent", async (t) => {
    const { httpUrl } = await startServer(t, {
      http(_request, { reply }) {
        reply.append("Set-Cookie", "a=1");
        return Response.redirect("http://127.0.0.1/chat/", 303);
      },
    });
    const response = await ask(httpUrl, { redirect: "manual" });
    assert.deepEqual(
      [response.status, response.headers.get("location"), response.headers.getSetCookie()],
      [303, "http://127.0.0.1/chat/", ["a=1"]],
    );
  });

  test("may answer without a body", async (t) => {
    const { port } = await startServer(t, { http: () => new Response(null, { status: 204 }) });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/", { Connection: "close" }));
    assert.match(await client.rest(), /^HTTP\/1\.1 204 [^]*\r\n\r\n$/);
  });

  test("answers HEAD without a body", async (t) => {
    const { port } = await startServer(t, {
      http: ({ method }) => new Response("a page", { headers: { "X-Method": method } }),
    });
    const client = await RawClient.connect(t, port);
    client.send(request("HEAD", "/", { Connection: "close" }));
    const answer = await client.rest();
    assert.match(answer, /^HTTP\/1\.1 200 [^]*x-method: HEAD/i);
    assert.ok(answer.endsWith("\r\n\r\n"));
  });

  test("may return a fetched response, although fetch has decoded the body", async (t) => {
    const body = "안녕 ".repeat(1000);
    const { httpUrl: upstream } = await startServer(t, {
      http: () => new Response(gzipSync(body), { headers: { "Content-Encoding": "gzip" } }),
    });
    const { httpUrl } = await startServer(t, {
      async http(request, { reply }) {
        if (new URL(request.url).pathname === "/marked/") reply.append("X-Mark", "1");
        return fetch(upstream);
      },
    });
    for (const path of ["/", "/marked/"]) {
      const response = await ask(`${httpUrl}${path}`);
      assert.deepEqual([response.status, response.headers.get("content-encoding")], [200, null]);
      assert.equal(await response.text(), body);
    }
  });

  test("may deny with headers and a body of its own", async (t) => {
    const body = new TextEncoder().encode("slow down");
    const denial = new Denial(429, "Too many.", {
      headers: { "Retry-After": "30", "Content-Type": "text/x-note" },
      body,
    });
    const { httpUrl } = await startServer(t, { http: () => denial });
    const response = await fetch(httpUrl);
    assert.deepEqual(
      [response.status, response.headers.get("retry-after"), response.headers.get("content-type")],
      [429, "30", "text/x-note"],
    );
    assert.equal(await response.text(), "slow down");
  });

  test("may deny, and the client gets status, reason and appended headers", async (t) => {
    const { httpUrl } = await startServer(t, {
      http(_request, { reply }) {
        reply.append("Retry-After", "9");
        return new Denial(429, "잠시 후에.");
      },
    });
    const response = await ask(httpUrl);
    assert.deepEqual([response.status, response.headers.get("retry-after")], [429, "9"]);
    assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
    assert.equal(await response.text(), "잠시 후에.\n");
  });

  test("may be missing: the answer is 404", async (t) => {
    const { httpUrl } = await startServer(t, {});
    const response = await ask(`${httpUrl}/chat/`);
    assert.deepEqual([response.status, await response.text()], [404, "There is nothing at this address.\n"]);
  });
});

describe("A handler that fails", () => {
  for (const isAsynchronous of [false, true]) {
    test(`${isAsynchronous ? "after an await" : "at once"} gets 500 without a stack, and is reported once`, async (t) => {
      const failure = new Error("the database at 10.1.2.3 is down");
      const { httpUrl, takeReports } = await startServer(t, {
        http() {
          if (isAsynchronous) return Promise.reject(failure);
          throw failure;
        },
      });
      const response = await ask(`${httpUrl}/page?x=1`);
      assert.deepEqual([response.status, response.headers.get("content-type")], [500, "text/plain; charset=utf-8"]);
      assert.equal(await response.text(), "The server failed to answer.\n");
      assert.deepEqual(takeReports(), [{ level: "error", source: "http", operation: "GET /page?x=1", error: failure }]);
    });
  }

  test("with a retryable error gets 503 and a warning", async (t) => {
    class Outage extends ChannelsError {
      readonly code = "OUTAGE";
      override readonly isRetryable = true;
    }
    const failure = new Outage("The database at 10.1.2.3 is down");
    const { httpUrl, takeReports } = await startServer(t, { http: () => Promise.reject(failure) });
    const response = await ask(`${httpUrl}/`);
    assert.deepEqual(
      [response.status, response.headers.get("retry-after"), await response.text()],
      [503, "1", "The server failed to answer now; try again later.\n"],
    );
    assert.deepEqual(takeReports(), [{ level: "warning", source: "http", operation: "GET /", error: failure }]);
  });

  for (const [comparison, body, length] of [
    ["longer", "abcdef", 3],
    ["shorter", "abc", 30],
  ] as const) {
    test(`with a body ${comparison} than its Content-Length ends the connection, so that no other answer mixes with it`, async (t) => {
      const { port, takeReports } = await startServer(t, {
        http: ({ url }) =>
          url.endsWith("/one") ? new Response(body, { headers: { "Content-Length": String(length) } }) : new Response(),
      });
      const client = await RawClient.connect(t, port);
      client.send(request("GET", "/one") + request("GET", "/two", { Connection: "close" }));
      assert.doesNotMatch(await client.rest(), /HTTP.*HTTP/s);
      assert.deepEqual(
        takeReports().map(({ operation, error }) => [operation, (error as NodeJS.ErrnoException).code]),
        [["GET /one", "ERR_HTTP_CONTENT_LENGTH_MISMATCH"]],
      );
    });
  }

  test("by returning a response with a read body gets 500", async (t) => {
    const used = new Response("once");
    await used.text();
    const { httpUrl, takeReports } = await startServer(t, { http: () => used });
    assert.equal((await ask(httpUrl)).status, 500);
    assert.equal(takeReports().length, 1);
  });

  test("by throwing a denial gets that denial, and is not reported", async (t) => {
    const { httpUrl, takeReports } = await startServer(t, { http: () => Promise.reject(new Denial(409, "Taken.")) });
    const response = await ask(httpUrl);
    assert.deepEqual([response.status, await response.text()], [409, "Taken.\n"]);
    assert.deepEqual(takeReports(), []);
  });

  test("by returning a value other than a response gets 500", async (t) => {
    for (const [answer, got] of [
      [undefined, "`undefined`"],
      ["hello", '"hello"'],
      [{ ok: true }, "an object"],
    ] as const) {
      const { httpUrl, takeReports } = await startServer(t, { http: () => answer as unknown as Response });
      assert.equal((await ask(httpUrl)).status, 500);
      const message = `Expected the application to return a Response, got ${got}. Return \`new Response(…)\`.`;
      const reports = takeReports().map(({ error }) => error as ChannelsError);
      assert.deepEqual(
        reports.map((error) => [error.code, error.message]),
        [["CHANNELS_CONFIGURATION", message]],
      );
    }
  });

  test("in the middle of its answer ends the connection, so that the client notices the missing half", async (t) => {
    const failure = new Error("disk gone");
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const { port, accessLog, takeReports } = await startServer(t, { http: () => new Response(readable) });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    const writer = writable.getWriter();
    void writer.write(Buffer.from("first half"));
    await until(() => client.text.includes("first half"), "the first half");
    await writer.abort(failure);
    assert.ok(!(await client.rest()).endsWith("0\r\n\r\n"), "the answer must lack its final chunk");
    assert.deepEqual(takeReports(), [{ level: "error", source: "http", operation: "GET /", error: failure }]);
    await until(() => accessLog.length === 1, "the log entry");
    assert.equal(accessLog[0]?.status, 500);
  });

  test("keeps its connection open", async (t) => {
    const { port, takeReports } = await startServer(t, {
      http({ url }) {
        if (url.endsWith("/bad")) throw new Error("no");
        return new Response("good");
      },
    });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/bad") + request("GET", "/good", { Connection: "close" }));
    assert.match(await client.rest(), /^HTTP\/1\.1 500 [^]*HTTP\/1\.1 200 [^]*good/);
    assert.equal(takeReports().length, 1);
  });
});

describe("Appended headers", () => {
  test("cannot contain further headers", async (t) => {
    const errorCodes: unknown[] = [];
    const { httpUrl } = await startServer(t, {
      http(_request, { reply }) {
        for (const [name, value] of [
          ["Set-Cookie", "a=1\r\nX-Evil: 1"],
          ["Set-Cookie", "a=1\nX-Evil: 1"],
          ["Set-Cookie", "a=\0"],
          ["X-Evil: 1\r\nX", "1"],
          ["", "1"],
          ["X-Name", "로비"],
        ] as const) {
          assert.throws(
            () => reply.append(name, value),
            (error: NodeJS.ErrnoException) => errorCodes.push(error.code) > 0,
          );
        }
        return new Response("ok");
      },
    });
    const response = await ask(httpUrl);
    assert.equal(response.headers.get("x-evil"), null);
    assert.equal(response.headers.get("set-cookie"), null);
    assert.deepEqual(new Set(errorCodes), new Set(["ERR_INVALID_CHAR", "ERR_INVALID_HTTP_TOKEN"]));
  });

  test("after the answer are refused: append returns false", async (t) => {
    let scope: HttpScope | undefined;
    const { httpUrl } = await startServer(t, {
      http(_request, given) {
        scope = given;
        return new Response("ok");
      },
    });
    await (await ask(httpUrl)).text();
    assert.equal(scope?.reply.append("X-Late", "1"), false);
  });
});

test("A TRACE request gets 501, and is not reported", async (t) => {
  const { port } = await startServer(t, { http: () => new Response("") });
  const client = await RawClient.connect(t, port);
  client.send(request("TRACE", "/", { Connection: "close" }));
  assert.match(await client.rest(), /^HTTP\/1\.1 501 /);
});

test("A client that sends the head of its request too slowly is cut", async (t) => {
  const { port } = await startServer(t, { http: () => new Response("") }, { headersTimeoutMs: 60 });
  const [silent, half] = [await RawClient.connect(t, port), await RawClient.connect(t, port)];
  half.send("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ");
  await Promise.all([silent.rest(), half.rest()]);
  assert.match(half.text, /^HTTP\/1\.1 408 /);
});

test("A client that sends the body of its request too slowly is cut", async (t) => {
  let isAborted = false;
  const { port } = await startServer(
    t,
    {
      async http(incoming) {
        incoming.signal.addEventListener("abort", () => (isAborted = true));
        return new Response(await incoming.text());
      },
    },
    { headersTimeoutMs: 60, requestTimeoutMs: 80 },
  );
  const client = await RawClient.connect(t, port);
  client.send(`${request("POST", "/", { "Content-Length": "100" })}half of it`);
  await client.rest();
  await until(() => isAborted, "the handler to notice");
});

test("A failure of an answer that an abort has caused elsewhere is reported, and an answer that aborts itself is not", async (t) => {
  const failures = [
    new Error("The invoice failed.", { cause: new DOMException("Elsewhere.", "AbortError") }),
    new DOMException("Enough.", "AbortError"),
  ];
  const { port, accessLog, takeReports } = await startServer(t, {
    http() {
      const failure = failures.shift();
      const body = new ReadableStream({
        start(answer) {
          answer.enqueue(Buffer.from("begun"));
        },
        pull: () => Promise.reject(failure),
      });
      return Promise.resolve(new Response(body));
    },
  });
  for (const [messages, status] of [
    [["The invoice failed."], 500],
    [[], 200],
  ] as const) {
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    await client.rest();
    assert.deepEqual(
      takeReports().map(({ error }) => (error as Error).message),
      messages,
    );
    assert.equal(accessLog.at(-1)?.status, status);
  }
});

test("The signal of a request aborts once it is answered, so that signals which depend on it leave the memory", async (t) => {
  const signals: AbortSignal[] = [];
  const { httpUrl } = await startServer(t, {
    http({ signal }, { server: { closing } }) {
      signals.push(signal, AbortSignal.any([signal, closing]));
      return new Response("page");
    },
  });
  assert.equal(await (await ask(httpUrl)).text(), "page");
  await until(() => signals[0]?.aborted === true, "the signal to abort");
  assert.deepEqual(
    signals.map(({ aborted, reason }) => [aborted, (reason as DOMException).name]),
    [
      [true, "AbortError"],
      [true, "AbortError"],
    ],
  );
});
