import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { BodyTooLargeError, consumer, type HttpApplication } from "@lobby/channels";
import { eventStream } from "@lobby/channels/event-stream";
import { soon, until } from "@lobby/test-support/waiting";
import { Echo } from "./support/echo.ts";
import { ask } from "./support/http.ts";
import { RawClient, request } from "./support/raw-client.ts";
import { watchServerSockets } from "./support/server-sockets.ts";
import { openStream } from "./support/open-stream.ts";
import { startServer } from "./support/server.ts";

const LIMIT = { maxBodyBytes: 10 };
const TOO_LARGE = "A request body may have at most 10 bytes.\n";

/** Returns a handler that answers with the request body, and its recorded calls. */
function echo(): { readonly http: HttpApplication; readonly asked: string[]; readonly failures: unknown[] } {
  const asked: string[] = [];
  const failures: unknown[] = [];
  const http = async (incoming: Request): Promise<Response> => {
    asked.push(incoming.method);
    return new Response(
      await incoming.text().catch((error: unknown) => {
        failures.push(error);
        throw error;
      }),
    );
  };
  return { http, asked, failures };
}

/** Returns a request with a chunked body, which announces no length. */
function chunked(...pieces: readonly string[]): RequestInit {
  return { method: "POST", body: ReadableStream.from(pieces).pipeThrough(new TextEncoderStream()), duplex: "half" };
}

describe("A body with a Content-Length", () => {
  test("is accepted up to the limit; a larger one rejects at once and gets 413", async (t) => {
    const { http, failures } = echo();
    const { httpUrl, accessLog } = await startServer(t, { http }, LIMIT);
    assert.equal(await (await ask(httpUrl, { method: "POST", body: "0123456789" })).text(), "0123456789");
    const refused = await ask(httpUrl, { method: "PUT", body: "0123456789a" });
    assert.deepEqual([refused.status, await refused.text()], [413, TOO_LARGE]);
    assert.ok(failures[0] instanceof BodyTooLargeError);
    await until(() => accessLog.length === 2, "the log entry");
    assert.equal(accessLog[1]?.status, 413);
  });

  test("may have a mebibyte by default", async (t) => {
    const { httpUrl } = await startServer(t, { http: echo().http });
    for (const [bytes, status] of [
      [1_048_576, 200],
      [1_048_577, 413],
    ] as const) {
      assert.equal((await ask(httpUrl, { method: "POST", body: new Uint8Array(bytes) })).status, status);
    }
  });

  test("over the limit ends its connection, and the client gets the answer while it still sends", async (t) => {
    const { port } = await startServer(t, { http: echo().http }, LIMIT);
    const client = await RawClient.connect(t, port);
    client.send(request("POST", "/", { "Content-Length": "50000000" }));
    client.send(new Uint8Array(5_000_000));
    const answer = await client.rest();
    assert.match(answer, /^HTTP\/1\.1 413 [^]*\r\nConnection: close\r\n/i);
    assert.ok(answer.includes(TOO_LARGE));
  });

  test("over the limit may still arrive for a moment, because a reset could destroy the answer", async (t) => {
    const serverEnds = watchServerSockets(t);
    const { port } = await startServer(t, { http: echo().http }, LIMIT);
    const client = new RawClient(t, { port, host: "127.0.0.1", allowHalfOpen: true });
    const ended = once(client.socket, "end");
    client.send(`${request("POST", "/", { "Content-Length": "1000000" })}${"x".repeat(1_000)}`);
    await soon(ended, "the end of the answer");
    assert.equal(serverEnds[0]?.destroyed, false);
    await until(() => serverEnds[0]?.destroyed === true, "the server to cut the connection");
  });

  test("over the limit is cut soon, even when the client never ends it and sends byte by byte", async (t) => {
    const { port } = await startServer(t, { http: echo().http }, { ...LIMIT, requestTimeoutMs: 1_000_000 });
    const client = await RawClient.connect(t, port);
    client.send(request("POST", "/", { "Content-Length": "1000000" }));
    const timer = setInterval(() => client.send("x"), 10);
    t.after(() => clearInterval(timer));
    assert.match(await client.rest(), /^HTTP\/1\.1 413 /);
  });

  test("over the limit is never followed by another request on its connection", async (t) => {
    const { http, asked } = echo();
    const { port } = await startServer(t, { http }, LIMIT);
    const client = await RawClient.connect(t, port);
    client.send(request("POST", "/", { "Content-Length": "1000" }));
    await client.head();
    client.send("x".repeat(1000) + request("PUT", "/", { "Content-Length": "0" }).repeat(1000));
    await client.rest();
    assert.deepEqual(asked, ["POST"]);
  });

  for (const expectation of ["100-continue", "200-maybe"]) {
    test(`of HTTP/1.0 is read without an answer to \`Expect: ${expectation}\``, async (t) => {
      const { port } = await startServer(t, { http: async (incoming) => new Response(await incoming.text()) });
      const client = await RawClient.connect(t, port);
      client.send(`POST / HTTP/1.0\r\nExpect: ${expectation}\r\nContent-Length: 5\r\n\r\n`);
      client.send("hello");
      assert.match(await client.rest(), /^HTTP\/1\.1 200 [^]*hello$/);
    });
  }

  test("over the limit gets 413 instead of 100 when the client expects 100", async (t) => {
    const { port } = await startServer(t, { http: echo().http }, LIMIT);
    const expecting = { Expect: "100-continue", Connection: "close" };
    const large = await RawClient.connect(t, port);
    large.send(request("POST", "/", { ...expecting, Connection: "keep-alive", "Content-Length": "11" }));
    assert.match(await large.rest(), /^HTTP\/1\.1 413 [^]*\r\nconnection: close\r\n/i);
    const small = await RawClient.connect(t, port);
    small.send(request("POST", "/", { ...expecting, "Content-Length": "5" }));
    assert.match(await small.head(), /^HTTP\/1\.1 100 /);
    small.send("hello");
    assert.match(await small.rest(), /^HTTP\/1\.1 200 [^]*hello/);
  });
});

describe("A body that grows past the limit", () => {
  test("rejects while it is read, gets 413, and is not reported", async (t) => {
    const { http, asked, failures } = echo();
    const { httpUrl } = await startServer(t, { http }, LIMIT);
    assert.equal(await (await ask(httpUrl, chunked("01234", "56789"))).text(), "0123456789");
    const refused = await ask(httpUrl, chunked("01234", "56789", "a"));
    assert.deepEqual([refused.status, await refused.text()], [413, TOO_LARGE]);
    assert.deepEqual(asked, ["POST", "POST"]);
    const [failure] = failures;
    assert.ok(failure instanceof BodyTooLargeError && failure.limitBytes === 10);
  });

  test("ends its connection, and the client gets the answer while it still sends", async (t) => {
    const { port } = await startServer(t, { http: echo().http }, LIMIT);
    const client = await RawClient.connect(t, port);
    const large = `${(100_000).toString(16)}\r\n${"x".repeat(100_000)}\r\n`;
    client.send(`${request("POST", "/", { "Transfer-Encoding": "chunked" })}${large.repeat(10)}`);
    assert.match(await client.rest(), /^HTTP\/1\.1 413 [^]*\r\nConnection: close\r\n/i);
  });

  test("may get the handler's own answer, and does no harm when the handler does not read it", async (t) => {
    const { httpUrl } = await startServer(
      t,
      {
        async http(incoming) {
          if (incoming.url.endsWith("/ignore")) return new Response("ignored");
          const isTooLarge = await incoming.text().then(
            () => false,
            (error: unknown) => error instanceof BodyTooLargeError,
          );
          return new Response("my own answer", { status: isTooLarge ? 400 : 200 });
        },
      },
      LIMIT,
    );
    const own = await ask(httpUrl, chunked("much too much"));
    assert.deepEqual([own.status, await own.text()], [400, "my own answer"]);
    assert.equal(await (await ask(`${httpUrl}/ignore`, chunked("much too much"))).text(), "ignored");
  });

  test("cuts an answer that has started", async (t) => {
    const { port } = await startServer(t, { http: ({ body }) => new Response(body) }, LIMIT);
    const client = await RawClient.connect(t, port);
    client.send(`${request("POST", "/", { "Transfer-Encoding": "chunked" })}5\r\nfirst\r\n`);
    await until(() => client.text.includes("first"), "the first half");
    client.send("6\r\nsecond\r\n0\r\n\r\n");
    assert.doesNotMatch(await client.rest(), /second|\r\n0\r\n\r\n$/);
  });
});

test("A frame for an event stream has the smaller of both limits, and its 413 has the headers of the stream", async (t) => {
  const http = eventStream(consumer(Echo), { allowedOrigins: "any", maxPayloadBytes: 5 });
  const { httpUrl } = await startServer(t, { http }, LIMIT);
  const origin = { Origin: "https://elsewhere.example", "Content-Type": "text/plain" };
  const headers = { ...origin, ...(await openStream(t, httpUrl)) };
  const answers = [];
  for (const init of [{ method: "POST", body: "123456" }, chunked("123456")]) {
    const response = await ask(httpUrl, { ...init, headers });
    answers.push([response.status, response.headers.get("access-control-allow-origin"), await response.text()]);
  }
  const own = [413, "*", "A request body may have at most 5 bytes.\n"];
  assert.deepEqual(answers, [own, own]);

  const larger = await startServer(t, { http: eventStream(consumer(Echo), { allowedOrigins: "any" }) }, LIMIT);
  const largerHeaders = { ...origin, ...(await openStream(t, larger.httpUrl)) };
  const grown = await ask(larger.httpUrl, { ...chunked("0123456789a"), headers: largerHeaders });
  assert.deepEqual(
    [grown.status, grown.headers.get("access-control-allow-origin"), await grown.text()],
    [413, "*", TOO_LARGE],
  );
  const whole = await ask(larger.httpUrl, { method: "POST", body: "0123456789a", headers: largerHeaders });
  assert.equal(whole.status, 413);
});
