/** The end of a server: it closes its WebSockets and waits for handlers. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  consumer,
  InMemoryChannelLayer,
  protocolRouter,
  WebSocketConsumer,
  type ChannelMessage,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";
import { collectGarbage } from "@lobby/test-support/garbage";
import { soon, until } from "@lobby/test-support/waiting";
import { serve } from "../src/index.ts";
import { Echo } from "./support/echo.ts";
import { clientFrame, Opcode } from "./support/client-frames.ts";
import { closeOf, handshake, RawClient, request } from "./support/raw-client.ts";
import { heldHandler } from "./support/held-handler.ts";
import { startServer } from "./support/server.ts";
import { receiveDenial, WireClient } from "./support/wire-client.ts";

/** Returns whether the promise has resolved so far. */
function watch(promise: Promise<unknown>): { readonly isDone: () => boolean } {
  let isDone = false;
  void promise.then(() => (isDone = true));
  return { isDone: () => isDone };
}

describe("A server that closes", () => {
  test("closes every connection with 1012, and stops listening", async (t) => {
    const { wsUrl, server } = await startServer(t, { websocket: consumer(Echo) });
    const clients = await Promise.all(Array.from({ length: 20 }, () => WireClient.open(t, wsUrl)));
    assert.equal(server.connections, 20);
    await soon(server.close(), "the server to close");
    assert.equal(server.connections, 0);
    for (const client of clients) {
      assert.deepEqual(await client.ended(), { code: 1012, reason: "The server is restarting" });
    }
    const late = new WireClient(t, wsUrl);
    assert.equal((await late.ended()).code, 1006);
  });

  test("sends the code and the reason of the call", async (t) => {
    const { wsUrl, server } = await startServer(t, { websocket: consumer(Echo) });
    const client = await WireClient.open(t, wsUrl);
    await soon(server.close({ code: 1001, reason: "안녕히" }), "the server to close");
    assert.deepEqual(await client.ended(), { code: 1001, reason: "안녕히" });
  });

  test("refuses an invalid code, reason, time or option, and keeps serving", async (t) => {
    const { wsUrl, server } = await startServer(t, { websocket: consumer(Echo) });
    const client = await WireClient.open(t, wsUrl);
    await assert.rejects(server.close({ code: 1006 }), { code: "CHANNELS_INVALID_CLOSE" });
    await assert.rejects(server.close({ reason: "한".repeat(42) }), { code: "CHANNELS_INVALID_CLOSE" });
    await assert.rejects(server.close({ timeoutMs: 0 }), {
      code: "CHANNELS_CONFIGURATION",
      message: "Expected `timeoutMs` to be an integer from 1 to 2147483647, got `0`.",
    });
    await assert.rejects(server.close({ timeout: 5 } as object), {
      code: "CHANNELS_CONFIGURATION",
      message: "server.close has no option `timeout`, only `code`, `reason`, `timeoutMs`.",
    });
    client.send("still here");
    assert.equal(await client.next(), "still here");
    await soon(server.close(), "the server to close");
    assert.equal((await client.ended()).code, 1012);
  });

  test("closes once, with the arguments of the first call", async (t) => {
    let disconnects = 0;
    class Counted extends Echo {
      override disconnect(): void {
        disconnects += 1;
      }
    }
    const { wsUrl, server } = await startServer(t, { websocket: consumer(Counted) });
    const client = await WireClient.open(t, wsUrl);
    await soon(Promise.all([server.close({ code: 1001 }), server.close({ code: 4000 })]), "the server to close");
    await soon(server.close(), "the server to be closed");
    assert.equal((await client.ended()).code, 1001);
    assert.equal(disconnects, 1);
  });

  test("closes at the end of an `await using` block", async (t) => {
    const { wsUrl, server } = await startServer(t, { websocket: consumer(Echo) });
    const client = await WireClient.open(t, wsUrl);
    {
      await using scoped = server;
      assert.equal(scoped.connections, 1);
    }
    assert.equal((await client.ended()).code, 1012);
  });

  test("answers unfinished handshakes with 503", async (t) => {
    const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
    class Slow extends Echo {
      override async connect(): Promise<void> {
        await isReady;
        this.accept();
      }
    }
    const { wsUrl, server } = await startServer(t, { websocket: consumer(Slow) });
    const denial = receiveDenial(t, wsUrl);
    await until(() => server.connections === 1, "the handshake to begin");
    const closing = server.close();
    const { status, body } = await denial;
    assert.deepEqual([status, body], [503, "The server is closing.\n"]);
    ready();
    await soon(closing, "the server to close");
  });

  test("answers handshakes on open connections with 503", async (t) => {
    const { http, asked, release } = heldHandler(new Response("page"));
    const { port, server } = await startServer(t, { websocket: consumer(Echo), http });
    const [busy, other] = [await RawClient.connect(t, port), await RawClient.connect(t, port)];
    busy.send(request("GET", "/"));
    await soon(asked, "a request to reach the handler");
    const closing = server.close();
    other.send(handshake("/"));
    assert.match(await other.rest(), /^HTTP\/1\.1 503 [^]*The server is closing\.\n$/);
    release();
    await soon(closing, "the server to close");
  });

  test("delivers pending group messages before it closes", async (t) => {
    class Member extends WebSocketConsumer<WebSocketScope, { readonly "room.said": { readonly text: string } }> {
      static readonly events: EventTable<Member> = { "room.said": { relay: ({ text }) => text } };
      override get groups(): readonly string[] {
        return ["room"];
      }
    }
    const layer = new InMemoryChannelLayer();
    const { wsUrl, server } = await startServer(t, { websocket: consumer(Member), layer });
    const client = await WireClient.open(t, wsUrl);
    const last: ChannelMessage & { readonly text: string } = { type: "room.said", text: "last words" };
    const sending = layer.groupSend("room", last);
    const closing = server.close();
    assert.equal(await client.next(), "last words");
    assert.equal((await client.ended()).code, 1012);
    await soon(Promise.all([sending, closing]), "the server to close");
  });
});

test("A closed server leaves no timer running", async (t) => {
  const started = t.mock.method(globalThis, "setInterval");
  const ended = t.mock.method(globalThis, "clearInterval");
  const { wsUrl, server } = await startServer(t, { websocket: consumer(Echo) });
  await WireClient.open(t, wsUrl);
  await soon(server.close(), "the server to close");
  const timers = started.mock.calls.map(({ result }) => result);
  assert.equal(timers.length, 2);
  assert.deepEqual(new Set(ended.mock.calls.map(({ arguments: [timer] }) => timer)), new Set(timers));
});

test("A closed server is garbage-collected with its application", async (t) => {
  const serveOnce = async (): Promise<WeakRef<object>> => {
    const layer = new InMemoryChannelLayer();
    const application = protocolRouter({ websocket: consumer(Echo), layer });
    const server = await serve(application, { listen: { port: 0, host: "127.0.0.1" } });
    const client = await WireClient.open(t, server.webSocketUrl);
    await soon(server.close(), "the server to close");
    await client.ended();
    return new WeakRef(layer);
  };
  const layer = await serveOnce();
  await until(() => {
    collectGarbage();
    return layer.deref() === undefined;
  }, "the layer to be collected");
});

test("`send` returns false once the server closes the connection", async (t) => {
  const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
  const sent: boolean[] = [];
  class Slow extends WebSocketConsumer {
    override async receive(): Promise<void> {
      sent.push(this.send("before"));
      await isReady;
      sent.push(this.send("after"));
    }
  }
  const { port, server } = await startServer(t, { websocket: consumer(Slow) });
  const client = await RawClient.upgrade(t, port, "/");
  client.send(clientFrame(Opcode.text, "x"));
  await client.frames(1);
  const closing = server.close();
  await client.frames(2);
  ready();
  await until(() => sent.length === 2, "the handler to end");
  assert.deepEqual(sent, [true, false]);
  client.socket.end();
  await soon(closing, "the server to close");
});

describe("A server that closes waits", () => {
  test("for running handlers, and for those in the queue", async (t) => {
    const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
    const handled: string[] = [];
    class Slow extends WebSocketConsumer {
      override async receive(text: string): Promise<void> {
        await isReady;
        handled.push(text);
      }
      override async disconnect(code: number): Promise<void> {
        await isReady;
        handled.push(`disconnect ${code}`);
      }
    }
    const { wsUrl, server } = await startServer(t, { websocket: consumer(Slow) });
    const client = await WireClient.open(t, wsUrl);
    client.send("first");
    client.send("second");
    client.socket.ping();
    await soon(new Promise((resolve) => client.socket.once("pong", resolve)), "the messages to arrive");
    const closing = server.close();
    const closed = watch(closing);
    assert.equal((await client.ended()).code, 1012);
    await until(() => server.connections === 0, "the connection to end");
    assert.equal(closed.isDone(), false);
    ready();
    await soon(closing, "the server to close");
    assert.deepEqual(handled, ["first", "second", "disconnect 1012"]);
  });

  test("for the handlers of connections that have ended", async (t) => {
    const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
    let isSaved = false;
    class Saver extends WebSocketConsumer {
      override async disconnect(): Promise<void> {
        await isReady;
        isSaved = true;
      }
    }
    const { wsUrl, server } = await startServer(t, { websocket: consumer(Saver) });
    const client = await WireClient.open(t, wsUrl);
    client.socket.close();
    await client.ended();
    await until(() => server.connections === 0, "the connection to end");
    const closing = server.close();
    const closed = watch(closing);
    await assert.rejects(fetch(server.url), "the server must have stopped listening");
    assert.equal(closed.isDone(), false);
    ready();
    await soon(closing, "the server to close");
    assert.equal(isSaved, true);
  });

  test("until the deadline of the first call, also for later calls", async (t) => {
    const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
    class Slow extends WebSocketConsumer {
      override async disconnect(): Promise<void> {
        await isReady;
      }
    }
    const { wsUrl, server } = await startServer(t, { websocket: consumer(Slow) });
    const impatient = await startServer(t, { websocket: consumer(Slow) });
    const clients = [await WireClient.open(t, wsUrl), await WireClient.open(t, impatient.wsUrl)];
    const closing = server.close();
    assert.equal((await clients[0]?.ended())?.code, 1012);
    const again = server.close({ timeoutMs: 20 });
    const closed = watch(again);
    await soon(impatient.server.close({ timeoutMs: 20 }), "the other server to close");
    assert.equal(closed.isDone(), false);
    ready();
    await soon(Promise.all([closing, again]), "the server to close");
  });

  test("until the deadline, when handlers do not end", async (t) => {
    class Stuck extends WebSocketConsumer {
      override receive(): Promise<void> {
        return new Promise(() => undefined);
      }
    }
    const { wsUrl, server } = await startServer(t, { websocket: consumer(Stuck) });
    const client = await WireClient.open(t, wsUrl);
    client.send("x");
    await soon(server.close({ timeoutMs: 50 }), "the server to close");
    assert.equal((await client.ended()).code, 1012);
  });

  test("until the deadline, when clients do not answer, and cuts them", async (t) => {
    const { promise: disconnected, resolve: disconnect } = Promise.withResolvers<number>();
    class Recording extends Echo {
      override disconnect(code: number): void {
        disconnect(code);
      }
    }
    const { port, server } = await startServer(t, { websocket: consumer(Recording) }, { closeTimeoutMs: 60_000 });
    const client = await RawClient.upgrade(t, port, "/");
    client.send(clientFrame(Opcode.text, "hello"));
    await client.frames(1);
    const startedAtMs = performance.now();
    await soon(server.close({ timeoutMs: 50 }), "the server to close");
    assert.ok(performance.now() - startedAtMs > 40, "the server must wait");
    await client.rest();
    assert.equal(closeOf(client.allFrames()[1]).code, 1012);
    assert.equal(await soon(disconnected, "the disconnect"), 1006);
    assert.equal(server.connections, 0);
  });
});
