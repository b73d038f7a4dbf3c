/** Requests that Node's parser refuses, or that name no page. All are answered, and the access log has them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "@lobby/test-support/waiting";
import { RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

const HOST = "Host: 127.0.0.1\r\n";

/** Bytes of a client, with the status and the sentence that it gets. */
const REFUSED: readonly (readonly [name: string, bytes: string, status: number, sentence: string])[] = [
  ["that is no HTTP", "\x16\x03\x01\x02\x00 hello", 400, "This request is not valid HTTP."],
  ["with an unknown method", `G@T / HTTP/1.1\r\n${HOST}\r\n`, 400, "This request is not valid HTTP."],
  [
    "with two lengths",
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
    400,
    "This request is not valid HTTP.",
  ],
  ["with a malformed header", `GET / HTTP/1.1\r\n${HOST}no colon\r\n\r\n`, 400, "This request is not valid HTTP."],
  ["with another version of HTTP", `GET / HTTP/3.0\r\n${HOST}\r\n`, 505, "This server speaks HTTP/1.1."],
  ["with the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "This server speaks HTTP/1.1."],
  [
    "with a large header",
    `GET / HTTP/1.1\r\n${HOST}X: ${"x".repeat(20_000)}\r\n\r\n`,
    431,
    "The head of this request is too large.",
  ],
  ["with a large address", `GET /${"x".repeat(20_000)} HTTP/1.1\r\n`, 431, "The head of this request is too large."],
];

describe("A request", () => {
  for (const [name, bytes, status, sentence] of REFUSED) {
    test(`${name} gets ${status} with a sentence, and an entry in the access log`, async (t) => {
      const { port, accessLog } = await startServer(t, {});
      const client = await RawClient.connect(t, port);
      client.send(bytes);
      const [head = "", body] = (await client.rest()).split("\r\n\r\n");
      assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`));
      assert.match(head, /^Connection: close\r$/m);
      assert.match(head, /^Date: \w{3}, \d/m);
      assert.match(head, new RegExp(`^Content-Length: ${sentence.length + 1}\r$`, "m"));
      assert.equal(body, `${sentence}\n`);
      assert.deepEqual(accessLog, [
        { kind: "http", method: "", target: "", client: "127.0.0.1", status, durationMs: 0 },
      ]);
    });
  }

  test("that never ends its head gets 408, and an entry in the access log", async (t) => {
    const { port, accessLog } = await startServer(t, {}, { headersTimeoutMs: 60 });
    const client = await RawClient.connect(t, port);
    client.send("GET / HTTP/1.1\r\nX-Slow: ");
    assert.match(await client.rest(), /^HTTP\/1\.1 408 [^]*This request arrived too slowly\.\n$/);
    assert.deepEqual(
      accessLog.map(({ status }) => status),
      [408],
    );
  });

  test("that never ends its head gets 408 also on a kept connection that may be idle for less time", async (t) => {
    const { port, accessLog } = await startServer(
      t,
      { http: () => new Response("page") },
      { headersTimeoutMs: 1_500, keepAliveTimeoutMs: 1 },
    );
    const client = await RawClient.connect(t, port);
    client.send(`${request("GET", "/")}GET /next HT`);
    assert.match(await client.rest(), /^HTTP\/1\.1 200 [^]*HTTP\/1\.1 408 [^]*This request arrived too slowly\.\n$/);
    assert.deepEqual(
      accessLog.map(({ status }) => status),
      [200, 408],
    );
  });

  test("that the client never sends gets no answer and no entry", async (t) => {
    const { port, accessLog } = await startServer(t, {}, { headersTimeoutMs: 60 });
    const client = await RawClient.connect(t, port);
    assert.equal(await client.rest(), "");
    assert.deepEqual(accessLog, []);
  });

  test("that its client resets gets no entry", async (t) => {
    const { port, accessLog } = await startServer(t, { http: () => new Response("page") });
    const client = await RawClient.connect(t, port);
    client.send("GET / HTTP/1.1\r\nX-");
    await until(() => client.socket.writableLength === 0, "the start to be sent");
    client.socket.resetAndDestroy();
    const next = await RawClient.connect(t, port);
    next.send(request("GET", "/", { Connection: "close" }));
    await next.rest();
    assert.deepEqual(
      accessLog.map(({ status }) => status),
      [200],
    );
  });

  test("refused after an answer that has started ends the connection after this answer", async (t) => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const { port } = await startServer(t, { http: () => new Response(readable) });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/"));
    const writer = writable.getWriter();
    void writer.write(Buffer.from("first;"));
    await until(() => client.text.includes("first;"), "the start of the answer");
    client.send("nonsense\r\n\r\n");
    void writer.write(Buffer.from("second;"));
    void writer.close();
    assert.match(await client.rest(), /first;[^]*second;[^]*\r\n0\r\n\r\nHTTP\/1\.1 400 /);
  });

  test("with all its headers within `maxHeaderBytes` keeps them, however many they are", async (t) => {
    const { port } = await startServer(
      t,
      { http: ({ headers }) => new Response(`last: ${headers.get("x-last")}`) },
      { maxHeaderBytes: 30_000 },
    );
    const client = await RawClient.connect(t, port);
    client.send(`GET / HTTP/1.1\r\n${HOST}Connection: close\r\n${"a: b\r\n".repeat(3_000)}X-Last: here\r\n\r\n`);
    assert.match(await client.rest(), /last: here/);
  });

  test("with a head over `maxHeaderBytes` gets 431", async (t) => {
    const { port } = await startServer(t, { http: () => new Response("page") }, { maxHeaderBytes: 500 });
    for (const [bytes, status] of [
      [300, 200],
      [600, 431],
    ] as const) {
      const client = await RawClient.connect(t, port);
      client.send(request("GET", "/", { "X-Large": "x".repeat(bytes), Connection: "close" }));
      assert.match(await client.rest(), new RegExp(`^HTTP/1\\.1 ${status} `));
    }
  });
});

describe("A request that names no page", () => {
  for (const [name, bytes, status, method, target] of [
    [
      "CONNECT gets 501",
      "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n",
      501,
      "CONNECT",
      "example.com:443",
    ],
    ["without a host gets 400", "GET /page HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "GET", "/page"],
    [
      "with an unknown expectation gets 417",
      request("GET", "/", { Expect: "200-maybe", Connection: "close" }),
      417,
      "GET",
      "/",
    ],
    ["OPTIONS * gets 204", request("OPTIONS", "*", { Connection: "close" }), 204, "OPTIONS", "*"],
  ] as const) {
    test(`${name}, and an entry in the access log`, async (t) => {
      const { port, accessLog } = await startServer(t, { http: () => new Response("page") });
      const client = await RawClient.connect(t, port);
      client.send(bytes);
      assert.match(await client.rest(), new RegExp(`^HTTP/1\\.1 ${status} `));
      const [entry] = accessLog;
      assert.deepEqual([entry?.method, entry?.target, entry?.status], [method, target, status]);
    });
  }

  test("OPTIONS * for a host that is not allowed gets 421", async (t) => {
    const { port } = await startServer(t, {}, { allowedHosts: ["chat.example.com"] });
    const client = await RawClient.connect(t, port);
    client.send(request("OPTIONS", "*", { Connection: "close" }));
    assert.match(await client.rest(), /^HTTP\/1\.1 421 /);
  });

  test("another method with * gets 400", async (t) => {
    const { port } = await startServer(t, { http: () => new Response("page") });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "*", { Connection: "close" }));
    assert.match(await client.rest(), /^HTTP\/1\.1 400 /);
  });
});
