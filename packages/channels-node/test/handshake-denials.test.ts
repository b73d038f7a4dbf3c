/** Handshakes that do not open a connection. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { consumer, Denial, route, type ServerSocket, stack, urlRouter, WebSocketConsumer } from "@lobby/channels";
import { soon, until } from "@lobby/test-support/waiting";
import { Echo } from "./support/echo.ts";
import { handshake, RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";
import { receiveDenial } from "./support/wire-client.ts";

const chat = urlRouter([route("/ws/", consumer(Echo))]);

describe("A denial of the application", () => {
  test("reaches the client with its status, its reason and the appended headers", async (t) => {
    class Denying extends WebSocketConsumer {
      override connect(): void {
        this.scope.reply.append("Set-Cookie", "seen=1");
        this.deny(429, "오늘은 그만.");
      }
    }
    const { wsUrl } = await startServer(t, { websocket: consumer(Denying) });
    const denial = await receiveDenial(t, wsUrl);
    assert.equal(denial.status, 429);
    assert.equal(denial.body, "오늘은 그만.\n");
    assert.deepEqual(denial.headers["set-cookie"], ["seen=1"]);
    assert.equal(denial.headers["content-type"], "text/plain; charset=utf-8");
  });

  test("may have headers and a body of its own", async (t) => {
    class Denying extends WebSocketConsumer {
      override connect(): void {
        const body = JSON.stringify({ error: "너무 많아요" });
        this.deny(429, "Too many.", { headers: { "Retry-After": "30", "content-type": "application/json" }, body });
      }
    }
    const { wsUrl } = await startServer(t, { websocket: consumer(Denying) });
    const { status, body, headers } = await receiveDenial(t, wsUrl);
    assert.deepEqual([status, body], [429, '{"error":"너무 많아요"}']);
    assert.deepEqual([headers["retry-after"], headers["content-type"]], ["30", "application/json"]);
    assert.equal(headers["content-length"], String(Buffer.byteLength(body)));
  });

  for (const [by, application] of [
    ["middleware", stack(() => new Denial(401, "로그인하세요.", { closeCode: 4401 }))(consumer(Echo))],
    [
      "a consumer",
      consumer(
        class extends Echo {
          override connect(): void {
            this.deny(401, "로그인하세요.", { closeCode: 4401 });
          }
          override disconnect(): void {
            throw new Error("The consumer was denied.");
          }
        },
      ),
    ],
  ] as const) {
    test(`by ${by} with a close code reaches a page as a close, with any offered subprotocols`, async (t) => {
      const { server, wsUrl, takeReports } = await startServer(t, { websocket: application });
      for (const protocols of [[], ["chat.v2", "chat.v1"]]) {
        // The global WebSocket of Node behaves like that of browsers.
        const page = new WebSocket(wsUrl, protocols);
        const [opened] = (await soon(once(page, "open"), "the page to connect")) as [Event];
        assert.equal((opened.target as WebSocket).protocol, protocols[0] ?? "");
        const [{ code, reason }] = (await soon(once(page, "close"), "the close")) as [CloseEvent];
        assert.deepEqual([code, reason], [4401, "로그인하세요."]);
      }
      await until(() => server.connections === 0, "the connections to end");
      assert.deepEqual(takeReports(), []);
    });
  }

  test("by a middleware prevents the construction of the consumer", async (t) => {
    let consumers = 0;
    class Counted extends WebSocketConsumer {
      constructor(...context: ConstructorParameters<typeof WebSocketConsumer>) {
        super(...context);
        consumers += 1;
      }
    }
    const { wsUrl } = await startServer(t, {
      websocket: stack(() => new Denial(401, "Log in first."))(consumer(Counted)),
    });
    const { status, body } = await receiveDenial(t, wsUrl);
    assert.deepEqual([status, body, consumers], [401, "Log in first.\n", 0]);
  });

  test("is cut when the client does not read it", async (t) => {
    // Far more than the buffers of the kernel.
    const body = "x".repeat(16_777_216);
    const { server, port } = await startServer(
      t,
      { websocket: () => new Denial(503, "No.", { body }) },
      { closeTimeoutMs: 30 },
    );
    const client = await RawClient.connect(t, port);
    client.socket.pause();
    client.send(handshake("/"));
    await until(() => server.connections === 1, "the handshake");
    await until(() => server.connections === 0, "the connection to be cut");
    client.socket.resume();
    const { length } = await client.rest();
    assert.ok(length > 0 && length < body.length, `${length} characters arrived`);
  });

  test("ends the connection, without a disconnect", async (t) => {
    let disconnects = 0;
    class Closed extends WebSocketConsumer {
      override connect(): void {
        this.close();
      }
      override disconnect(): void {
        disconnects += 1;
      }
    }
    const { port, server } = await startServer(t, { websocket: consumer(Closed) });
    const client = await RawClient.connect(t, port);
    client.send(handshake("/"));
    assert.match(await client.rest(), /^HTTP\/1\.1 403 Forbidden\r\nConnection: close\r\n/);
    await until(() => server.connections === 0, "the connection to end");
    assert.equal(disconnects, 0);
  });

  test("ends the connection of a client that keeps its half open", async (t) => {
    const { port, server } = await startServer(t, { websocket: chat });
    const client = new RawClient(t, { port, host: "127.0.0.1", allowHalfOpen: true });
    client.send(handshake("/nowhere/"));
    assert.match(await client.head(), /^HTTP\/1\.1 404 /);
    await until(() => server.connections === 0, "the connection to end");
  });
});

describe("A handshake", () => {
  test("for an address without a route gets 404", async (t) => {
    const { wsUrl } = await startServer(t, { websocket: chat });
    assert.equal((await receiveDenial(t, `${wsUrl}/nowhere/`)).status, 404);
  });

  test("for an address that is not UTF-8 gets 400", async (t) => {
    const { wsUrl } = await startServer(t, { websocket: urlRouter([route("/:room/", consumer(Echo))]) });
    assert.equal((await receiveDenial(t, `${wsUrl}/%ff/`)).status, 400);
  });

  for (const [flaw, headers, status] of [
    ["of an old version", { "Sec-WebSocket-Version": "8" }, 426],
    ["without a version", { "Sec-WebSocket-Version": undefined }, 426],
    ["without a key", { "Sec-WebSocket-Key": undefined }, 400],
    ["with a key that is too short", { "Sec-WebSocket-Key": "c2hvcnQ=" }, 400],
    ["with a key that is not base64", { "Sec-WebSocket-Key": "!!!!!!!!!!!!!!!!!!!!!!==" }, 400],
    ["that offers one subprotocol twice", { "Sec-WebSocket-Protocol": "chat, chat" }, 400],
    ["that offers a subprotocol without a name", { "Sec-WebSocket-Protocol": "chat," }, 400],
    ["that offers a subprotocol with spaces", { "Sec-WebSocket-Protocol": "my chat" }, 400],
    ["with a malformed host", { Host: "a/b" }, 400],
    ["without a host", { Host: undefined }, 400],
  ] as const) {
    test(`${flaw} gets ${status}, before any consumer`, async (t) => {
      let isCalled = false;
      const websocket = (): Denial => {
        isCalled = true;
        return new Denial(404, "");
      };
      const { port, accessLog } = await startServer(t, { websocket });
      const client = await RawClient.connect(t, port);
      client.send(handshake("/", headers));
      const answer = await client.rest();
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} .+\r\n`));
      for (const line of [/^Sec-WebSocket-Version: 13\r$/m, /^Upgrade: websocket\r$/m, /^Connection: Upgrade, /m]) {
        assert.equal(line.test(answer), status === 426);
      }
      assert.equal(isCalled, false);
      assert.deepEqual(
        accessLog.map((entry) => [entry.kind, entry.status, entry.client]),
        [["websocket-refused", status, "127.0.0.1"]],
      );
    });
  }

  test("by POST gets 405, and the access log has its method", async (t) => {
    const { port, accessLog } = await startServer(t, { websocket: chat });
    const client = await RawClient.connect(t, port);
    client.send(handshake("/ws/").replace("GET", "POST"));
    const answer = await client.rest();
    assert.match(answer, /^HTTP\/1\.1 405 Method Not Allowed\r\n/);
    assert.match(answer, /^Allow: GET\r$/m);
    assert.equal(accessLog[0]?.method, "POST");
  });

  test("that the application does not answer in time gets 503", async (t) => {
    const { promise: never } = Promise.withResolvers<never>();
    const { promise: disconnected, resolve: disconnect } = Promise.withResolvers<void>();
    const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
    class Slow extends WebSocketConsumer {
      override async connect(): Promise<void> {
        await isReady;
        this.accept();
      }
      override disconnect(): void {
        disconnect();
      }
    }
    const websocket = urlRouter([
      route("/connect/", consumer(Slow)),
      route("/middleware/", (_socket: ServerSocket) => never),
    ]);
    const { wsUrl, server } = await startServer(t, { websocket }, { handshakeTimeoutMs: 20 });
    for (const path of ["/connect/", "/middleware/"]) {
      const { status, body } = await receiveDenial(t, `${wsUrl}${path}`);
      assert.deepEqual([status, body], [503, "The server took too long to open this connection.\n"]);
    }
    await until(() => server.connections === 0, "the connections to end");
    ready();
    await soon(disconnected, "the disconnect of the late consumer");
  });

  test("whose middleware throws gets 500 without details, and one report", async (t) => {
    const failure = new Error("the session store at 10.1.2.3 is down");
    const { wsUrl, takeReports } = await startServer(t, {
      websocket: stack(() => Promise.reject(failure))(consumer(Echo)),
    });
    const { status, body } = await receiveDenial(t, `${wsUrl}/ws/?token=1`);
    assert.deepEqual([status, body], [500, "The server could not open this connection.\n"]);
    assert.deepEqual(takeReports(), [{ level: "error", source: "websocket", operation: "open /ws/", error: failure }]);
  });

  test("whose `connect` throws gets 500, one report and a disconnect", async (t) => {
    const failure = new Error("no");
    const codes: number[] = [];
    class Broken extends WebSocketConsumer {
      override connect(): void {
        throw failure;
      }
      override disconnect(code: number): void {
        codes.push(code);
      }
    }
    const { wsUrl, server, takeReports } = await startServer(t, { websocket: consumer(Broken) });
    const { status, body } = await receiveDenial(t, wsUrl);
    assert.deepEqual([status, body], [500, "The server could not open this connection.\n"]);
    await until(() => server.connections === 0, "the connection to end");
    assert.deepEqual(codes, [1011]);
    assert.deepEqual(takeReports(), [{ level: "error", source: "Broken", operation: "connect", error: failure }]);
  });
});

describe("A handshake is an ordinary request", () => {
  for (const framing of [{ "Content-Length": "5" }, { "Transfer-Encoding": "chunked" }]) {
    test(`with a body (${Object.keys(framing)[0]}) gets 400, and the body is no frame`, async (t) => {
      const { port } = await startServer(t, { websocket: chat });
      const client = await RawClient.connect(t, port);
      client.send(`${handshake("/ws/", framing)}hello`);
      assert.match(await client.rest(), /^HTTP\/1\.1 400 [^]*A WebSocket handshake has no body\.\n$/);
    });
  }

  test("over HTTP/1.0, which has no upgrades", async (t) => {
    const { port } = await startServer(t, { websocket: chat, http: () => new Response("page", { status: 404 }) });
    const client = await RawClient.connect(t, port);
    client.send(handshake("/ws/").replace("HTTP/1.1", "HTTP/1.0"));
    assert.deepEqual((await client.rest()).match(/ 426 |^connection.*/gim), [" 426 ", "Connection: Upgrade, close"]);
  });

  test("after unanswered requests, and all are answered in order", async (t) => {
    const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
    const asked: string[] = [];
    const http = async ({ url }: Request): Promise<Response> => {
      const { pathname } = new URL(url);
      asked.push(pathname);
      await isReady;
      return new Response(`answer to ${pathname}\n`, { status: pathname === "/ws/" ? 404 : 200 });
    };
    const { port, server } = await startServer(t, { websocket: chat, http });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/slow/") + request("GET", "/slower/") + handshake("/ws/"));
    await until(() => asked.length > 0, "the first request to reach the handler");
    assert.equal(server.connections, 0);
    ready();
    await until(() => client.text.includes("before you open a WebSocket."), "the answers");
    assert.deepEqual(client.text.match(/HTTP\/1\.1 \d+|answer to \S+/g), [
      "HTTP/1.1 200",
      "answer to /slow/",
      "HTTP/1.1 200",
      "answer to /slower/",
      "HTTP/1.1 400",
    ]);
    client.send(handshake("/ws/"));
    await until(() => client.text.includes("101 Switching Protocols"), "a handshake after the answers");
  });
});

describe("A request without a WebSocket handshake", () => {
  test("to the address of a WebSocket gets 426 with the protocol to upgrade to", async (t) => {
    const { port } = await startServer(t, { websocket: chat, http: () => new Response("page", { status: 404 }) });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/ws/"));
    await until(() => client.text.includes("WebSocket client.\n"), "the first answer");
    assert.match(client.text, /^HTTP\/1\.1 426 [^]*^upgrade: websocket\r$/im);
    assert.match(client.text, /^connection: Upgrade\r$/im);
    // The connection stays open until the client asks to close it.
    client.send(request("GET", "/ws/", { Connection: "close" }));
    const both = await client.rest();
    assert.equal(both.match(/^HTTP\/1\.1 426 /gm)?.length, 2);
    assert.match(both, /^connection: Upgrade, close\r$/im);
  });

  test("that asks for another upgrade, such as h2c, is served as plain HTTP", async (t) => {
    const { port } = await startServer(t, { websocket: chat, http: ({ method }) => new Response(`plain ${method}`) });
    const client = await RawClient.connect(t, port);
    const h2c = { Connection: "Upgrade, HTTP2-Settings", Upgrade: "h2c", "HTTP2-Settings": "AAMAAABkAARAAAAA" };
    client.send(request("GET", "/", h2c));
    await until(() => client.text.includes("plain GET"), "the page");
    client.send(request("GET", "/", { Connection: "close" }));
    assert.equal((await client.rest()).match(/plain GET/g)?.length, 2);
  });

  test("with an Upgrade header but without `Connection: Upgrade` is served as plain HTTP", async (t) => {
    const { port } = await startServer(t, { websocket: chat, http: () => new Response("plain") });
    const client = await RawClient.connect(t, port);
    client.send(handshake("/", { Connection: "close" }));
    assert.match(await client.rest(), /^HTTP\/1\.1 200 [^]*plain/);
  });
});
