/** Event streams on a real server, beside its WebSockets. */
import assert from "node:assert/strict";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { describe, test, type TestContext } from "node:test";
import {
  authStack,
  consumer,
  InMemoryChannelLayer,
  InMemorySessionStore,
  login,
  relay,
  route,
  urlRouter,
  WebSocketConsumer,
  type ConsumerContext,
  type EventTable,
  type HttpScope,
  type ProtocolRouterOptions,
  type ScopeParams,
  type SessionScope,
  type UserScope,
  type WebSocketScope,
} from "@lobby/channels";
import { eventStream } from "@lobby/channels/event-stream";
import { eventsOf, type ServerSentEvent } from "@lobby/channels/testing";
import { soon, until } from "@lobby/test-support/waiting";
import { ask } from "./support/http.ts";
import { Peer } from "./support/wire-client.ts";
import { RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

interface Said {
  readonly text: string;
}

class Chat extends WebSocketConsumer<WebSocketScope & ScopeParams<"/:room/">, { said: Said }> {
  static readonly events: EventTable<Chat> = { said: relay(({ text }) => text) };
  readonly #closes: number[];

  constructor(context: ConsumerContext<WebSocketScope & ScopeParams<"/:room/">>, closes: number[]) {
    super(context);
    this.#closes = closes;
  }
  override get groups(): readonly string[] {
    return [this.scope.params.room];
  }
  override receive(text: string): Promise<void> {
    return this.groupSend(this.scope.params.room, { type: "said", text });
  }
  override disconnect(code: number): void {
    this.#closes.push(code);
  }
}

/** One consumer at two addresses, and the codes with which its connections ended. */
function chat(options?: Parameters<typeof eventStream>[1]): {
  readonly application: ProtocolRouterOptions;
  readonly closes: readonly number[];
} {
  const closes: number[] = [];
  const room = consumer(Chat, closes);
  return {
    closes,
    application: {
      http: urlRouter([route("/sse/:room/", eventStream(room, options))]),
      websocket: urlRouter([route("/ws/:room/", room)]),
    },
  };
}

/** A client of an event stream that is no browser. */
class Listener {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #events: AsyncGenerator<ServerSentEvent, void>;
  readonly #leaving: AbortController;
  readonly response: Response;
  id = "";

  private constructor(
    url: string,
    headers: Readonly<Record<string, string>>,
    response: Response,
    leaving: AbortController,
  ) {
    this.#url = url;
    this.#headers = headers;
    this.#events = eventsOf(response);
    this.#leaving = leaving;
    this.response = response;
  }

  static async open(t: TestContext, url: string, headers: Readonly<Record<string, string>> = {}): Promise<Listener> {
    const leaving = new AbortController();
    t.after(() => leaving.abort());
    const { signal } = leaving;
    const response = await ask(url, { headers: { Accept: "text/event-stream", ...headers }, signal });
    assert.equal(response.status, 200);
    const listener = new Listener(url, headers, response, leaving);
    const { id } = JSON.parse(await listener.next("connection")) as { readonly id: string };
    listener.id = id;
    return listener;
  }

  /** The data of the next event, which has this type. */
  async next(type = "message"): Promise<string> {
    const { value } = await soon(this.#events.next(), "an event");
    assert.equal(value?.type, type);
    return value.data;
  }

  async say(text: string, url = this.#url): Promise<number> {
    const headers = { ...this.#headers, "Connection-Id": this.id };
    return (await ask(url, { method: "POST", body: text, headers })).status;
  }

  leave(): void {
    this.#leaving.abort();
  }
}

async function enter(_request: Request, scope: HttpScope & SessionScope): Promise<Response> {
  await login(scope, scope.url.searchParams.get("id") ?? "");
  return new Response("welcome");
}

describe("an event stream on a server", () => {
  test("is in one room with the sockets, and everybody hears everything in one order", async (t) => {
    const { httpUrl, wsUrl } = await startServer(t, chat().application);
    const anna = await Listener.open(t, `${httpUrl}/sse/로비/`);
    const ben = await Peer.open(t, `${wsUrl}/ws/로비/`);
    const elsewhere = await Listener.open(t, `${httpUrl}/sse/elsewhere/`);
    for (let number = 0; number < 50; number += 1) {
      if (number % 2 === 0) assert.equal(await anna.say(`안녕 ${number}`), 204);
      else ben.send(`hello ${number}`);
      const heard = [await anna.next(), await ben.next()];
      assert.deepEqual(heard, Array(2).fill(`${number % 2 === 0 ? "안녕" : "hello"} ${number}`));
    }
    // What it gets first is its own line, so it got nothing before.
    await elsewhere.say("nobody here");
    assert.equal(await elsewhere.next(), "nobody here");
  });

  test("brings 10,000 messages in order", async (t) => {
    const { httpUrl, wsUrl } = await startServer(t, chat().application);
    const anna = await Listener.open(t, `${httpUrl}/sse/busy/`);
    const ben = await Peer.open(t, `${wsUrl}/ws/busy/`);
    for (let number = 0; number < 10_000; number += 1) ben.send(String(number));
    for (let number = 0; number < 10_000; number += 1) assert.equal(await anna.next(), String(number));
  });

  test("takes 500 messages in order, over connections that come and go", async (t) => {
    const { httpUrl } = await startServer(t, chat().application);
    const anna = await Listener.open(t, `${httpUrl}/sse/busy/`);
    for (let number = 0; number < 500; number += 1) assert.equal(await anna.say(String(number)), 204);
    for (let number = 0; number < 500; number += 1) assert.equal(await anna.next(), String(number));
  });

  test("sends its head and first event before anything is said, and every event at once", async (t) => {
    const layer = new InMemoryChannelLayer();
    const { port } = await startServer(t, { ...chat().application, layer });
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/sse/lobby/", { Accept: "text/event-stream" }));
    const head = await client.head();
    assert.match(head, /^HTTP\/1\.1 200 /);
    assert.match(head, /\r\ncontent-type: text\/event-stream\r\n/i);
    assert.match(head, /\r\ncache-control: no-store, no-transform\r\n/i);
    assert.match(head, /\r\nx-accel-buffering: no\r\n/i);
    await until(() => /event: connection\ndata: {"id":"[\w.-]{73}"}\n\n/.test(client.text), "the first event");
    await layer.groupSend("lobby", { type: "said", text: "안녕" });
    await until(() => client.text.includes("data: 안녕\n\n"), "an event");
  });

  test("knows who its visitor is, and takes frames from nobody else", async (t) => {
    class Members extends WebSocketConsumer<WebSocketScope & UserScope<string>> {
      override connect(): void {
        if (this.scope.user === undefined) this.deny(401, "Log in first.");
        else this.accept();
      }
      override receive(text: string): void {
        this.send(`${this.scope.user}: ${text}`);
      }
    }
    const auth = authStack({
      sessions: { store: new InMemorySessionStore() },
      users: { loadUser: (id) => `User ${id}` },
    });
    const members = consumer(Members);
    const http = auth(urlRouter([route("/sse/", eventStream(members)), route("/login/", enter)]));
    const { httpUrl } = await startServer(t, { http });
    const cookieOf = async (id: string): Promise<string> => {
      const [cookie = ""] = (await ask(`${httpUrl}/login/?id=${id}`)).headers.getSetCookie();
      return cookie.split(";")[0] ?? "";
    };
    const refusal = await ask(`${httpUrl}/sse/`, { headers: { Accept: "text/event-stream" } });
    assert.deepEqual([refusal.status, await refusal.text()], [401, "Log in first.\n"]);
    const anna = await Listener.open(t, `${httpUrl}/sse/`, { Cookie: await cookieOf("1") });
    const ben = await Listener.open(t, `${httpUrl}/sse/`, { Cookie: await cookieOf("2") });
    assert.equal(await anna.say("hello"), 204);
    assert.equal(await anna.next(), "User 1: hello");
    ben.id = anna.id;
    assert.equal(await ben.say("I am Anna"), 403);
  });

  test("takes frames from pages of its own origin alone, also behind a proxy", async (t) => {
    const { httpUrl, port } = await startServer(t, chat().application, { trustProxy: ["127.0.0.1"] });
    const listener = await Listener.open(t, `${httpUrl}/sse/lobby/`);
    const post = (headers: Readonly<Record<string, string>>): Promise<number | undefined> => {
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      const all = { "Connection-Id": listener.id, "Content-Type": "text/plain", ...headers };
      // Unlike `fetch`, it sends any header it is told to.
      httpRequest({ host: "127.0.0.1", port, path: "/sse/lobby/", method: "POST", headers: all }, resolve)
        .on("error", reject)
        .end("hello");
      return soon(promise, "an answer").then((response) => response.resume().statusCode);
    };
    assert.equal(await post({ Origin: httpUrl }), 204);
    assert.equal(await post({ Origin: "https://evil.example" }), 403);
    const forwarded = { "X-Forwarded-Proto": "https", "X-Forwarded-Host": "chat.example.com" };
    assert.equal(await post({ Origin: "https://chat.example.com", ...forwarded }), 204);
    assert.equal(await post({ Origin: "https://evil.example", ...forwarded }), 403);
  });

  test("notices that its client is gone", async (t) => {
    const { application, closes } = chat();
    const { httpUrl } = await startServer(t, application);
    const [anna, ben] = [
      await Listener.open(t, `${httpUrl}/sse/lobby/`),
      await Listener.open(t, `${httpUrl}/sse/lobby/`),
    ];
    anna.leave();
    await until(() => closes.length > 0, "the end of the connection");
    assert.deepEqual(closes, [1006]);
    assert.equal(await anna.say("still here?"), 404);
    assert.equal(await ben.say("hello"), 204);
    assert.equal(await ben.next(), "hello");
  });

  test("is closed with 1013 when its client does not read, and the others do not notice", async (t) => {
    const { application, closes } = chat({ maxBufferedBytes: 200_000 });
    const { port, httpUrl, wsUrl } = await startServer(t, application);
    const slow = await RawClient.connect(t, port);
    slow.send(request("GET", "/sse/room/", { Accept: "text/event-stream", Connection: "close" }));
    await until(() => slow.text.includes("event: connection"), "the first event");
    slow.socket.pause();
    const anna = await Listener.open(t, `${httpUrl}/sse/room/`);
    const ben = await Peer.open(t, `${wsUrl}/ws/room/`);
    // Far more than kernels buffer.
    for (let number = 0; closes.length === 0; number += 1) {
      assert.ok(number < 2_000, "the slow client was never closed");
      const text = `${number} ${"x".repeat(50_000)}`;
      ben.send(text);
      assert.deepEqual([await anna.next(), await ben.next()], [text, text]);
    }
    assert.deepEqual(closes, [1013]);
    slow.socket.resume();
    assert.match(
      (await slow.rest()).slice(-100),
      /event: close\ndata: {"code":1013,"reason":"[^"]+"}\n\n\r\n0\r\n\r\n$/,
    );
  });

  test("ends when the server closes, with word to come back, and does not hold it up", async (t) => {
    const { application, closes } = chat();
    const { httpUrl, server } = await startServer(t, application);
    const listeners = [
      await Listener.open(t, `${httpUrl}/sse/lobby/`),
      await Listener.open(t, `${httpUrl}/sse/lobby/`),
    ];
    await soon(server.close({ reason: "재시작", timeoutMs: 60_000 }), "the server to close");
    for (const listener of listeners)
      assert.deepEqual(JSON.parse(await listener.next("close")), { code: 1012, reason: "재시작" });
    assert.deepEqual(closes, [1012, 1012]);
  });
});

test("A frame finds its connection from any server of the layer", async (t) => {
  const application = { ...chat().application, layer: new InMemoryChannelLayer() };
  const [one, other] = [await startServer(t, application), await startServer(t, application)];
  const anna = await Listener.open(t, `${one.httpUrl}/sse/lobby/`);
  const ben = await Peer.open(t, `${other.wsUrl}/ws/lobby/`);
  assert.equal(await anna.say("hello", `${other.httpUrl}/sse/lobby/`), 204);
  assert.deepEqual([await anna.next(), await ben.next()], ["hello", "hello"]);
  await other.server.close();
  assert.equal(await anna.say("still here"), 204);
  assert.equal(await anna.next(), "still here");
});
