import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { consumer, route, urlRouter, WebSocketConsumer, type ScopeParams, type WebSocketScope } from "@lobby/channels";
import { soon, until } from "@lobby/test-support/waiting";
import { Echo } from "./support/echo.ts";
import { clientFrame, Opcode } from "./support/client-frames.ts";
import { WireClient } from "./support/wire-client.ts";
import { handshake, RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

describe("an open connection", () => {
  test("carries text and bytes both ways", async (t) => {
    const { wsUrl } = await startServer(t, { websocket: consumer(Echo) });
    const client = await WireClient.open(t, wsUrl);
    client.send("안녕, lobby 👋");
    client.send("");
    client.send(Buffer.of(0, 255, 128));
    assert.deepEqual(await client.take(3), ["안녕, lobby 👋", "", Buffer.of(0, 255, 128)]);
  });

  test("serves the global WebSocket of Node", async (t) => {
    const { wsUrl } = await startServer(t, { websocket: consumer(Echo) });
    const socket = new WebSocket(`${wsUrl}/ws/`);
    await soon(once(socket, "open"), "the connection to open");
    socket.send("hello");
    const [message] = (await soon(once(socket, "message"), "the echo")) as [{ readonly data: unknown }];
    assert.equal(message.data, "hello");
    socket.close(3000, "bye");
    const [closed] = (await soon(once(socket, "close"), "the connection to end")) as [CloseEvent];
    assert.deepEqual([closed.code, closed.reason, closed.wasClean], [3000, "bye", true]);
  });

  test("has a scope with its address, headers, parameters and client", async (t) => {
    class Mirror extends WebSocketConsumer<WebSocketScope & ScopeParams<"/ws/:room/">> {
      override connect(): void {
        const { type, url, headers, params, client, subprotocols } = this.scope;
        this.accept();
        this.send(JSON.stringify([type, url.href, headers.get("X-Color"), params.room, client, subprotocols]));
      }
    }
    const { wsUrl, port } = await startServer(t, { websocket: urlRouter([route("/ws/:room/", consumer(Mirror))]) });
    const visitor = new WireClient(t, `${wsUrl}/ws/로비/?a=1`, {
      headers: { "x-color": "blue" },
      localAddress: "127.0.0.2",
    });
    const [type, url, color, room, client, subprotocols] = JSON.parse(String(await visitor.next())) as unknown[];
    assert.deepEqual([type, color, room, subprotocols], ["websocket", "blue", "로비", []]);
    assert.equal(url, `ws://127.0.0.1:${port}/ws/%EB%A1%9C%EB%B9%84/?a=1`);
    assert.equal((client as { readonly address: string }).address, "127.0.0.2");
  });

  test("may begin on a connection that has carried HTTP", async (t) => {
    const { port } = await startServer(t, { websocket: consumer(Echo), http: () => new Response("page") });
    const client = await RawClient.connect(t, port);
    client.send(request("HEAD", "/"));
    assert.match(await client.head(), /^HTTP\/1\.1 200 /);
    client.send(Buffer.concat([Buffer.from(handshake("/")), clientFrame(Opcode.text, "hello")]));
    assert.match(await client.head(), /^HTTP\/1\.1 101 /);
    assert.equal((await client.frames(1))[0]?.payload.toString(), "hello");
  });

  test("may outlast the time limits of requests", async (t) => {
    const limits = { headersTimeoutMs: 20, requestTimeoutMs: 20 };
    const { port, wsUrl } = await startServer(t, { websocket: consumer(Echo) }, limits);
    const client = await WireClient.open(t, wsUrl);
    const slow = await RawClient.connect(t, port);
    slow.send("GET / HT");
    assert.match(await slow.rest(), /^HTTP\/1\.1 408 /, "the time limit of a request must have passed");
    client.send("still here");
    assert.equal(await client.next(), "still here");
  });

  test("is counted until it ends", async (t) => {
    const { wsUrl, server } = await startServer(t, { websocket: consumer(Echo) });
    const [first, second] = [await WireClient.open(t, wsUrl), await WireClient.open(t, wsUrl)];
    assert.equal(server.connections, 2);
    first.socket.close();
    second.socket.terminate();
    await until(() => server.connections === 0, "both connections to end");
  });
});

describe("the handshake", () => {
  test("chooses the subprotocol that the consumer accepts", async (t) => {
    class Chooser extends WebSocketConsumer {
      override connect(): void {
        this.accept("lobby.v1");
        this.send(this.scope.subprotocols.join(" "));
      }
    }
    const { wsUrl } = await startServer(t, { websocket: consumer(Chooser) });
    const client = await WireClient.open(t, wsUrl, { subprotocols: ["lobby.v2", "lobby.v1"] });
    assert.equal(client.socket.protocol, "lobby.v1");
    assert.equal(await client.next(), "lobby.v2 lobby.v1");
  });

  test("contains the headers of the consumer and of middleware", async (t) => {
    class Greeter extends WebSocketConsumer {
      override connect(): void {
        this.scope.reply.append("X-From", "middleware");
        this.accept(undefined, { "X-From": "consumer", "X-Node": "7" });
      }
    }
    const { port } = await startServer(t, { websocket: consumer(Greeter) });
    const client = await RawClient.connect(t, port);
    client.send(handshake("/"));
    const head = await client.head();
    assert.deepEqual(head.match(/^X-.*$/gim), ["X-From: middleware", "X-From: consumer", "X-Node: 7"]);
  });

  test("contains no subprotocol when the consumer chooses none", async (t) => {
    const { port } = await startServer(t, { websocket: consumer(Echo) });
    const client = await RawClient.connect(t, port);
    client.send(handshake("/", { "Sec-WebSocket-Protocol": "a, b" }));
    const head = await client.head();
    assert.match(head, /^HTTP\/1\.1 101 /);
    assert.doesNotMatch(head, /Sec-WebSocket-Protocol/i);
  });

  test("answers the key by RFC 6455 and negotiates no extension", async (t) => {
    const { port } = await startServer(t, { websocket: consumer(Echo) });
    const client = await RawClient.connect(t, port);
    client.send(handshake("/", { "Sec-WebSocket-Extensions": "permessage-deflate" }));
    const head = await client.head();
    assert.match(head, /^Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=$/m);
    assert.doesNotMatch(head, /Sec-WebSocket-Extensions/i);
  });

  test("contains each appended header in its own line, with several of one name", async (t) => {
    class Baker extends WebSocketConsumer {
      override connect(): void {
        const { reply } = this.scope;
        assert.equal(reply.append("Set-Cookie", "a=1"), true);
        assert.equal(reply.append("Set-Cookie", "b=2"), true);
        this.accept();
        this.send(String(reply.append("Set-Cookie", "c=3")));
      }
    }
    const { wsUrl } = await startServer(t, { websocket: consumer(Baker) });
    const client = await WireClient.open(t, wsUrl);
    assert.deepEqual(client.response?.headers["set-cookie"], ["a=1", "b=2"]);
    assert.equal(await client.next(), "false", "a header after the answer must be refused");
  });

  test("loses no frame from the same packet, and none from before `accept`", async (t) => {
    const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
    class Slow extends Echo {
      override async connect(): Promise<void> {
        await isReady;
        this.accept();
      }
    }
    const { port, server } = await startServer(t, { websocket: consumer(Slow) });
    const client = await RawClient.connect(t, port);
    client.send(Buffer.concat([Buffer.from(handshake("/")), clientFrame(Opcode.text, "first")]));
    await until(() => server.connections === 1, "the handshake to begin");
    client.send(clientFrame(Opcode.text, "second"));
    await soon(new Promise((resolve) => client.socket.write("", resolve)), "the frame to be sent");
    ready();
    await client.head();
    const frames = await client.frames(2);
    assert.deepEqual(
      frames.map(({ payload }) => payload.toString()),
      ["first", "second"],
    );
  });

  for (const [action, leave] of [
    ["ends", (client: RawClient) => client.socket.end()],
    ["resets", (client: RawClient) => client.socket.resetAndDestroy()],
  ] as const) {
    test(`notices a client that sends frames before the answer and then ${action} its connection`, async (t) => {
      const aborted = Promise.withResolvers<void>();
      class Slow extends Echo {
        override async connect(): Promise<void> {
          this.signal.addEventListener("abort", () => aborted.resolve());
          await aborted.promise;
          this.accept();
        }
      }
      const { port, server } = await startServer(t, { websocket: consumer(Slow) }, { handshakeTimeoutMs: 60_000 });
      const client = await RawClient.connect(t, port);
      client.send(Buffer.concat([Buffer.from(handshake("/")), clientFrame(Opcode.text, "first")]));
      await until(() => server.connections === 1, "the handshake to begin");
      client.send(clientFrame(Opcode.text, "second"));
      leave(client);
      await soon(aborted.promise, "the signal to abort");
      await until(() => server.connections === 0, "the connection to end");
    });
  }

  test("notices a client that sends its handshake, frames and the end at once", async (t) => {
    class Slow extends Echo {
      override connect(): Promise<void> {
        return new Promise((resolve) => this.signal.addEventListener("abort", () => resolve()));
      }
    }
    const { port, server, accessLog } = await startServer(
      t,
      { websocket: consumer(Slow) },
      { handshakeTimeoutMs: 60_000 },
    );
    const client = await RawClient.connect(t, port);
    client.socket.end(Buffer.concat([Buffer.from(handshake("/")), clientFrame(Opcode.text, "x".repeat(20_000))]));
    await soon(client.closed, "the connection to end");
    await until(() => server.connections === 0, "the connection to end");
    assert.deepEqual(
      accessLog.map(({ kind, status }) => [kind, status]),
      [["websocket-refused", 400]],
    );
  });

  test("denies a client that sends more than 64 KiB before its answer", async (t) => {
    const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
    class Slow extends Echo {
      override connect(): Promise<void> {
        return isReady;
      }
    }
    const { port, server } = await startServer(t, { websocket: consumer(Slow) }, { handshakeTimeoutMs: 60_000 });
    const client = await RawClient.connect(t, port);
    client.send(handshake("/"));
    await until(() => server.connections === 1, "the handshake to begin");
    const frame = clientFrame(Opcode.text, "x".repeat(60_000));
    for (let count = 0; count < 20; count += 1) client.send(frame);
    assert.match(await client.rest(), /^HTTP\/1.1 400 .*Send no frames before the answer to the handshake\.\n$/s);
    ready();
    await until(() => server.connections === 0, "the connection to end");
  });

  test("sends frames from before `accept` after its answer, in order", async (t) => {
    class Eager extends WebSocketConsumer {
      override connect(): void {
        this.send("one");
        this.send("two");
        this.accept();
        this.send("three");
      }
    }
    const { wsUrl } = await startServer(t, { websocket: consumer(Eager) });
    const client = await WireClient.open(t, wsUrl);
    assert.deepEqual(await client.take(3), ["one", "two", "three"]);
  });
});
