/** What a client sends behind an unfinished answer and the server refuses: it is answered and logged in its turn. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Denial } from "@lobby/channels";
import { soon, until } from "@lobby/test-support/waiting";
import { heldHandler } from "./support/held-handler.ts";
import { handshake, RawClient, request } from "./support/raw-client.ts";
import { watchServerSockets } from "./support/server-sockets.ts";
import { startServer } from "./support/server.ts";

const CONNECT = "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n";
const LARGE_HEAD = request("GET", "/", { "X-Large": "x".repeat(20_000) });

/** Bytes of a client, with the status that it gets, and the method and the target in the log. */
const REFUSED: readonly (readonly [name: string, bytes: string, status: number, line: readonly [string, string]])[] = [
  ["that is no HTTP", "\0\0\r\n\r\n", 400, ["", ""]],
  ["with a large head", LARGE_HEAD, 431, ["", ""]],
  ["with the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, ["", ""]],
  ["with CONNECT", CONNECT, 501, ["CONNECT", "example.com:443"]],
  ["with an unknown expectation", request("GET", "/b", { Expect: "200-maybe" }), 417, ["GET", "/b"]],
  ["that opens a WebSocket", handshake("/ws/"), 400, ["GET", "/ws/"]],
];

/** Returns the status of each answer. */
function statuses({ text }: RawClient): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
}

describe("A request behind an unfinished answer", () => {
  for (const [name, bytes, status, line] of REFUSED) {
    for (const endsHalf of [false, true]) {
      const client = endsHalf ? "a client that ends its half" : "the client";
      test(`${name} gets ${status} after this answer, also in the log, from ${client}`, async (t) => {
        const { http, asked, release } = heldHandler(new Response("page"));
        const serverEnds = watchServerSockets(t);
        const { port, accessLog } = await startServer(t, { http });
        const raw = await RawClient.connect(t, port);
        raw.send(request("GET", "/a") + bytes);
        await soon(asked, "the first request");
        if (endsHalf) {
          raw.socket.end();
          await until(() => serverEnds[0]?.readableEnded === true, "the server to notice");
        }
        release();
        await until(() => statuses(raw).length === 2, "both answers");
        assert.deepEqual(statuses(raw), [200, status]);
        assert.match(raw.text, /^HTTP\/1\.1 200 [^]*?\r\nConnection: keep-alive\r\n/);
        assert.deepEqual(
          accessLog.map((entry) => [entry.method, entry.target, entry.status]),
          [
            ["GET", "/a", 200],
            [...line, status],
          ],
        );
        if (endsHalf) await raw.rest();
      });
    }
  }

  for (const [name, bytes] of REFUSED.slice(0, 4)) {
    test(`${name} gets nothing after an answer that announces the end of the connection`, async (t) => {
      const { http, asked, release } = heldHandler(new Response("page", { headers: { Connection: "close" } }));
      const { port } = await startServer(t, { http });
      const client = await RawClient.connect(t, port);
      client.send(request("GET", "/a") + bytes);
      await soon(asked, "the first request");
      release();
      await client.rest();
      assert.deepEqual(statuses(client), [200]);
    });
  }

  for (const [way, send, answer] of [
    [
      "its handler ends the connection",
      (client: RawClient) => client.send(request("GET", "/a")),
      (body: ReadableStream) => new Response(body, { headers: { Connection: "close" } }),
    ],
    [
      "it began before its request was whole",
      async (client: RawClient) => {
        client.send(`${request("POST", "/a", { "Content-Length": "5" })}he`);
        await until(() => client.text.includes("begun"), "the beginning of the answer");
        client.send("llo");
      },
      (body: ReadableStream) => new Response(body),
    ],
  ] as const) {
    for (const [name, bytes] of REFUSED.slice(0, 4)) {
      test(`${name} and one before it get nothing after a last answer, because ${way}`, async (t) => {
        const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
        const asked: string[] = [];
        const http = ({ url }: Request): Response => {
          asked.push(new URL(url).pathname);
          return answer(readable);
        };
        const { port, accessLog } = await startServer(t, { http });
        const client = await RawClient.connect(t, port);
        const writer = writable.getWriter();
        void writer.write(Buffer.from("begun"));
        await send(client);
        client.send(request("GET", "/b") + bytes);
        await until(() => client.text.includes("begun"), "the beginning of the answer");
        await writer.close();
        await client.rest();
        assert.deepEqual([statuses(client), asked], [[200], ["/a"]]);
        assert.equal(accessLog.length, 1);
      });
    }
  }

  test("that is late and then arrives is answered, and may end the connection", async (t) => {
    const { http, asked, release } = heldHandler(new Response("page"));
    const serverEnds = watchServerSockets(t);
    const { port } = await startServer(
      t,
      { http: (incoming, scope) => (incoming.url.endsWith("/a") ? http(incoming, scope) : new Response("late")) },
      { headersTimeoutMs: 60 },
    );
    const client = await RawClient.connect(t, port);
    const [start, end] = [`${request("GET", "/a")}GET /b HTTP/1.1\r\nHost: a\r\n`, "Connection: close\r\n\r\n"];
    client.send(start);
    await soon(asked, "the first request");
    const slow = await RawClient.connect(t, port);
    slow.send("GET / HT");
    assert.match(await slow.rest(), /^HTTP\/1\.1 408 /, "the time limit must have passed");
    client.send(end);
    await until(() => serverEnds[0]?.bytesRead === start.length + end.length, "the rest of the head");
    release();
    assert.match(await client.rest(), /^HTTP\/1\.1 200 [^]*page[^]*HTTP\/1\.1 200 [^]*late/);
  });

  test("that its client never completes gets 400 when the client ends its half", async (t) => {
    const { http, asked, release } = heldHandler(new Response("page"));
    const serverEnds = watchServerSockets(t);
    const { port, accessLog } = await startServer(t, { http });
    const raw = await RawClient.connect(t, port);
    raw.send(`${request("GET", "/a")}GET /b HT`);
    await soon(asked, "the first request");
    raw.socket.end();
    await until(() => serverEnds[0]?.readableEnded === true, "the server to notice");
    release();
    assert.match(await raw.rest(), /^HTTP\/1\.1 200 [^]*page[^]*HTTP\/1\.1 400 [^]*not valid HTTP\.\n$/);
    assert.deepEqual(
      accessLog.map(({ status }) => status),
      [200, 400],
    );
  });

  test("that is refused does not keep the first one from its body", async (t) => {
    const { port } = await startServer(t, { http: async (incoming) => new Response(`<${await incoming.text()}>`) });
    const raw = await RawClient.connect(t, port);
    raw.send(`${request("POST", "/", { "Content-Length": "5" })}hello${CONNECT}`);
    assert.match(await raw.rest(), /^HTTP\/1\.1 200 [^]*<hello>[^]*HTTP\/1\.1 501 /);
  });

  test("that is refused does not hide that the client leaves", async (t) => {
    const { http, asked } = heldHandler(new Response("page"));
    const { port } = await startServer(t, { http });
    const raw = await RawClient.connect(t, port);
    raw.send(request("GET", "/a") + CONNECT + "x".repeat(300_000));
    const signal = await soon(asked, "the first request");
    raw.socket.resetAndDestroy();
    await until(() => signal.aborted, "the signal to abort");
  });

  test("that is refused is dropped when the client has asked to end the connection before it", async (t) => {
    const { http, release } = heldHandler(new Response("page"));
    release();
    const { port, accessLog } = await startServer(t, { http });
    const raw = await RawClient.connect(t, port);
    raw.send(`${request("GET", "/a", { Connection: "close" })}\0\0\r\n\r\n`);
    assert.match(await raw.rest(), /^HTTP\/1\.1 200 [^]*page\r\n0\r\n\r\n$/);
    assert.equal(accessLog.length, 1);
  });
});

for (const [name, bytes] of [
  ["A handshake", handshake("/ws/")],
  ["CONNECT", CONNECT],
] as const) {
  test(`${name} after the last answer of a connection gets nothing`, async (t) => {
    let opened = 0;
    const serverEnds = watchServerSockets(t);
    const { port, accessLog } = await startServer(t, {
      http: () => new Response("early"),
      websocket() {
        opened += 1;
        return new Denial(403, "No.");
      },
    });
    const client = new RawClient(t, { port, host: "127.0.0.1", allowHalfOpen: true });
    client.send(`${request("POST", "/", { "Content-Length": "5" })}he`);
    await until(() => client.text.includes("early"), "the answer");
    client.send(`llo${bytes}`);
    await until(() => serverEnds[0]?.destroyed === true, "the server to cut the connection");
    assert.deepEqual([opened, statuses(client), accessLog.length], [0, [200], 1]);
  });
}
