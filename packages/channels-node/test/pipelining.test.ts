/** Several requests of one client on one connection, sent without waiting for the answers. */
import assert from "node:assert/strict";
import type { ServerOptions } from "@lobby/channels-node";
import { describe, test, type TestContext } from "node:test";
import { setImmediate as nextIteration } from "node:timers/promises";
import { soon, until } from "@lobby/test-support/waiting";
import { RawClient, request } from "./support/raw-client.ts";
import { watchServerSockets } from "./support/server-sockets.ts";
import { startServer, type TestServer } from "./support/server.ts";

/** A server whose handler waits in `/slow`, and records its calls. */
interface SlowServer extends TestServer {
  readonly asked: string[];
  readonly signals: AbortSignal[];
  /** Lets `/slow` and everything after it answer. */
  readonly release: () => void;
  /** Returns the largest number of handlers that ran at once. */
  readonly mostAtOnce: () => number;
}

async function startSlowServer(t: TestContext, options: ServerOptions = {}): Promise<SlowServer> {
  const asked: string[] = [];
  const signals: AbortSignal[] = [];
  const { promise: isReleased, resolve: release } = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  const http = async ({ url, signal }: Request): Promise<Response> => {
    const { pathname } = new URL(url);
    asked.push(pathname);
    signals.push(signal);
    most = Math.max(most, (running += 1));
    if (pathname === "/slow") await isReleased;
    await nextIteration();
    running -= 1;
    return new Response(`<${pathname}>`);
  };
  return { ...(await startServer(t, { http }, options)), asked, signals, release, mostAtOnce: () => most };
}

/** Returns GET requests for `/0`, `/1` and so on. */
function pages(count: number): string {
  return Array.from({ length: count }, (_, index) => `GET /${index} HTTP/1.1\r\nHost:a\r\n\r\n`).join("");
}

/** Returns the paths that the answers name, in order. */
function answered({ text }: RawClient): string[] {
  return [...text.matchAll(/<(\/\w+)>/g)].map(([, path]) => path as string);
}

describe("Pipelined requests", () => {
  test("run one at a time, and are answered in order, even 1,700 of them", async (t) => {
    const { port, asked, mostAtOnce } = await startSlowServer(t);
    const client = await RawClient.connect(t, port);
    client.send(pages(1_700));
    await until(() => answered(client).length === 1_700, "all answers");
    assert.deepEqual(answered(client), asked);
    assert.deepEqual(
      asked,
      asked.map((_, index) => `/${index}`),
    );
    assert.equal(mostAtOnce(), 1);
  });

  test("with bodies keep their order and their bodies", async (t) => {
    const { port } = await startServer(t, { http: async (incoming) => new Response(`<${await incoming.text()}>`) });
    const client = await RawClient.connect(t, port);
    const posts = ["one", "two", "three"].map(
      (text) => request("POST", "/", { "Content-Length": `${text.length}` }) + text,
    );
    client.send(posts.join("") + request("GET", "/", { Connection: "close" }));
    assert.deepEqual((await client.rest()).match(/<\w*>/g), ["<one>", "<two>", "<three>", "<>"]);
  });

  test("let other connections come first", async (t) => {
    const asked: string[] = [];
    const http = ({ url }: Request): Response => {
      const { pathname } = new URL(url);
      asked.push(pathname);
      return new Response(`<${pathname}>`);
    };
    const { port } = await startServer(t, { http });
    const [client, other] = [await RawClient.connect(t, port), await RawClient.connect(t, port)];
    client.send(pages(1_000));
    other.send(request("GET", "/other"));
    await until(() => answered(client).length === 1_000 && other.text !== "", "all answers");
    assert.ok(asked.indexOf("/other") < 500, `${asked.indexOf("/other")} requests came first`);
  });

  for (const [way, leave] of [
    ["closes", (client: RawClient) => client.socket.destroy()],
    ["resets", (client: RawClient) => client.socket.resetAndDestroy()],
  ] as const) {
    test(`do not start when the client ${way} the connection before their turn`, async (t) => {
      const { port, asked, signals, release, accessLog } = await startSlowServer(t);
      const client = await RawClient.connect(t, port);
      client.send(request("GET", "/slow") + pages(500));
      await until(() => asked.length === 1, "the first request");
      leave(client);
      await until(() => signals[0]?.aborted === true, "the server to notice");
      release();
      const next = await RawClient.connect(t, port);
      next.send(request("GET", "/next"));
      await until(() => answered(next).length === 1, "another answer");
      assert.deepEqual(asked, ["/slow", "/next"]);
      assert.deepEqual(accessLog[0]?.target, "/slow");
    });
  }

  test("do not start when the client closes the connection, even if the answer before them is a single write", async (t) => {
    const serverEnds = watchServerSockets(t);
    const asked: string[] = [];
    const http = async ({ url }: Request): Promise<Response> => {
      asked.push(new URL(url).pathname);
      await until(() => serverEnds[0]?.readableEnded === true, "the server to notice");
      return new Response(null, { status: 204 });
    };
    const { port } = await startServer(t, { http });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/first") + pages(500));
    await until(() => asked.length === 1, "the first request");
    client.socket.destroy();
    await until(() => serverEnds[0]?.destroyed === true, "the server to cut the connection");
    assert.deepEqual(asked, ["/first"]);
  });

  test("are all answered when the client ends its half of the connection, and then the connection ends", async (t) => {
    const { port, asked, release, mostAtOnce } = await startSlowServer(t);
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/slow") + pages(100));
    client.socket.end();
    await until(() => asked.length === 1, "the first request");
    release();
    await client.rest();
    assert.equal(answered(client).length, 101);
    assert.equal(mostAtOnce(), 1);
  });

  test("stop when the client leaves in the middle", async (t) => {
    const { port, asked } = await startSlowServer(t);
    const client = await RawClient.connect(t, port);
    client.send(pages(1_000));
    await until(() => answered(client).length > 10, "some answers");
    client.socket.destroy();
    let before = -1;
    await until(() => before === (before = asked.length), "no further request to start");
    assert.ok(asked.length < 1_000, `${asked.length} requests started`);
  });

  test("over the bound of all connections end the connection with 429; each connection keeps 16", async (t) => {
    // One network of strangers would be cut for a flood before that.
    const { port, asked, release, accessLog } = await startSlowServer(t, { trustProxy: ["127.0.0.1"] });
    const [greedy, modest, late] = await Promise.all([1, 2, 3].map(() => RawClient.connect(t, port)));
    assert.ok(greedy !== undefined && modest !== undefined && late !== undefined);
    greedy.send(request("GET", "/slow") + pages(4_096));
    await until(() => asked.length === 1, "the first request");
    modest.send(request("GET", "/slow") + pages(16));
    late.send(request("GET", "/slow") + pages(17));
    assert.match(
      await late.rest(),
      /^HTTP\/1\.1 429 [^]*Connection: close[^]*Read the answers before you send more\.\n$/,
    );
    assert.deepEqual(accessLog[0] && [accessLog[0].status, accessLog[0].method], [429, ""]);
    release();
    await until(() => answered(greedy).length === 4_097 && answered(modest).length === 17, "all answers");
    assert.equal(asked.filter((path) => path === "/16").length, 1, "the refused requests must not start");
  });

  test("over the bound for bytes end the connection with 429", async (t) => {
    const { port, asked } = await startSlowServer(t);
    const client = await RawClient.connect(t, port);
    const post = request("POST", "/post", { "Content-Length": "50000" }) + "x".repeat(50_000);
    client.send(request("GET", "/slow") + post.repeat(20));
    assert.match(await client.rest(), /^HTTP\/1\.1 429 /);
    assert.deepEqual(asked, ["/slow"]);
  });

  for (const [bound, bytes] of [
    ["the bound", pages(5_000)],
    ["the bound for bytes", request("GET", "/", { "X-Large": "x".repeat(15_000) }).repeat(40)],
  ] as const) {
    test(`behind an answer that has started and over ${bound} are cut, and the log has a 429`, async (t) => {
      const { readable } = new TransformStream<Uint8Array, Uint8Array>();
      const { port, accessLog } = await startServer(t, { http: () => new Response(readable) });
      const client = await RawClient.connect(t, port);
      client.send(request("GET", "/"));
      await client.head();
      client.send(bytes);
      assert.equal(await client.rest(), "");
      await until(() => accessLog.length === 2, "both log entries");
      assert.deepEqual(
        accessLog.map(({ method, status }) => [method, status]),
        [
          ["", 429],
          ["GET", 499],
        ],
      );
    });
  }

  test("before a malformed one are answered, and then it gets 400", async (t) => {
    const { port, accessLog } = await startSlowServer(t);
    const client = await RawClient.connect(t, port);
    client.send(`${pages(3)}G@T / HTTP/1.1\r\n\r\n`);
    await client.rest();
    assert.deepEqual(client.text.match(/HTTP\/1\.1 \d+/g), [
      "HTTP/1.1 200",
      "HTTP/1.1 200",
      "HTTP/1.1 200",
      "HTTP/1.1 400",
    ]);
    assert.deepEqual(
      accessLog.map(({ target, status }) => [target, status]),
      [
        ["/0", 200],
        ["/1", 200],
        ["/2", 200],
        ["", 400],
      ],
    );
  });

  test("with a malformed body fail in their turn", async (t) => {
    const { promise: isReleased, resolve: release } = Promise.withResolvers<void>();
    const http = async (incoming: Request): Promise<Response> => {
      if (incoming.method === "GET") await isReleased;
      return new Response(`<${await incoming.text()}>`);
    };
    const { port } = await startServer(t, { http });
    const client = await RawClient.connect(t, port);
    client.send(`${request("GET", "/")}${request("POST", "/", { "Transfer-Encoding": "chunked" })}nonsense\r\n`);
    await nextIteration();
    release();
    assert.match(await client.rest(), /^HTTP\/1\.1 200 [^]*<>[^]*HTTP\/1\.1 400 [^]*Connection: close/i);
  });

  test("end with the first answer that closes the connection", async (t) => {
    const { port, release } = await startSlowServer(t);
    release();
    const client = await RawClient.connect(t, port);
    client.send(pages(2) + request("GET", "/last", { Connection: "close" }));
    await client.rest();
    assert.deepEqual(answered(client), ["/0", "/1", "/last"]);
  });

  test("that wait when the server closes are dropped after the current answer", async (t) => {
    const { port, asked, release, server } = await startSlowServer(t);
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/slow") + pages(500));
    await until(() => asked.length === 1, "the first request");
    const closing = server.close({ timeoutMs: 20_000 });
    release();
    await soon(closing, "the server to close");
    await client.rest();
    assert.ok(asked.length <= 2, `${asked.length} requests started`);
  });
});
