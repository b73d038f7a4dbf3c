/** Event streams on a real server, next to its WebSockets. */
import assert from "node:assert/strict";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { describe, test, type TestContext } from "node:test";
import {
  authStack,
  consumer,
  InMemoryChannelLayer,
  InMemorySessionStore,
  login,
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
import { WireClient } from "./support/wire-client.ts";
import { RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

interface Said {
  readonly text: string;
}

class Chat extends WebSocketConsumer<WebSocketScope & ScopeParams<"/:room/">, { said: Said }> {
  static readonly events: EventTable<Chat> = { said: { relay: ({ text }) => text } };
  readonly #closes: number[];

  constructor(context: ConsumerContext, closes: number[]) {
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

/** Returns an application with one consumer at two addresses, and the close codes of its connections. */
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

/** A client of an event stream. */
class StreamClient {
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

  static async open(
    t: TestContext,
    url: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<StreamClient> {
    const leaving = new AbortController();
    t.after(() => leaving.abort());
    const { signal } = leaving;
    const response = await ask(url, { headers: { Accept: "text/event-stream", ...headers }, signal });
    assert.equal(response.status, 200);
    const client = new StreamClient(url, headers, response, leaving);
    const { id } = JSON.parse(await client.next("connection")) as { readonly id: string };
    client.id = id;
    return client;
  }

  /** Returns the data of the next event, which must have this type. */
  async next(type = "message"): Promise<string> {
    const { value } = await soon(this.#events.next(), "an event");
    assert.equal(value?.type, type);
    return value.data;
  }

  /** Posts a frame, and returns the status. */
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

describe("An event stream on a server", () => {
  test("shares a room with WebSockets, and every member receives the messages in one order", async (t) => {
    const { httpUrl, wsUrl } = await startServer(t, chat().application);
    const anna = await StreamClient.open(t, `${httpUrl}/sse/로비/`);
    const ben = await WireClient.open(t, `${wsUrl}/ws/로비/`);
    const elsewhere = await StreamClient.open(t, `${httpUrl}/sse/elsewhere/`);
    for (let number = 0; number < 50; number += 1) {
      if (number % 2 === 0) assert.equal(await anna.say(`안녕 ${number}`), 204);
      else ben.send(`hello ${number}`);
      const received = [await anna.next(), await ben.next()];
      assert.deepEqual(received, Array(2).fill(`${number % 2 === 0 ? "안녕" : "hello"} ${number}`));
    }
    // Its own message is its first one, so it received none of the other room.
    await elsewhere.say("elsewhere");
    assert.equal(await elsewhere.next(), "elsewhere");
  });

  test("delivers 10,000 messages in order", async (t) => {
    const { httpUrl, wsUrl } = await startServer(t, chat().application);
    const anna = await StreamClient.open(t, `${httpUrl}/sse/busy/`);
    const ben = await WireClient.open(t, `${wsUrl}/ws/busy/`);
    for (let number = 0; number < 10_000; number += 1) ben.send(String(number));
    for (let number = 0; number < 10_000; number += 1) assert.equal(await anna.next(), String(number));
  });

  test("accepts 500 posts in order", async (t) => {
    const { httpUrl } = await startServer(t, chat().application);
    const anna = await StreamClient.open(t, `${httpUrl}/sse/busy/`);
    for (let number = 0; number < 500; number += 1) assert.equal(await anna.say(String(number)), 204);
    for (let number = 0; number < 500; number += 1) assert.equal(await anna.next(), String(number));
  });

  test("sends its head and first event at once, and each later event at once", async (t) => {
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

  test("knows its user, and accepts posts of this user only", async (t) => {
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
    const denial = await ask(`${httpUrl}/sse/`, { headers: { Accept: "text/event-stream" } });
    assert.deepEqual([denial.status, await denial.text()], [401, "Log in first.\n"]);
    const anna = await StreamClient.open(t, `${httpUrl}/sse/`, { Cookie: await cookieOf("1") });
    const ben = await StreamClient.open(t, `${httpUrl}/sse/`, { Cookie: await cookieOf("2") });
    assert.equal(await anna.say("hello"), 204);
    assert.equal(await anna.next(), "User 1: hello");
    ben.id = anna.id;
    assert.equal(await ben.say("I am Anna"), 403);
  });

  test("accepts posts from pages of its own origin only, also behind a proxy", async (t) => {
    const { httpUrl, port } = await startServer(t, chat().application, { trustProxy: ["127.0.0.1"] });
    const client = await StreamClient.open(t, `${httpUrl}/sse/lobby/`);
    const post = (headers: Readonly<Record<string, string>>): Promise<number | undefined> => {
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      const all = { "Connection-Id": client.id, "Content-Type": "text/plain", ...headers };
      // Unlike `fetch`, this sends any header.
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

  test("notices that its client left", async (t) => {
    const { application, closes } = chat();
    const { httpUrl } = await startServer(t, application);
    const [anna, ben] = [
      await StreamClient.open(t, `${httpUrl}/sse/lobby/`),
      await StreamClient.open(t, `${httpUrl}/sse/lobby/`),
    ];
    anna.leave();
    await until(() => closes.length > 0, "the end of the connection");
    assert.deepEqual(closes, [1006]);
    assert.equal(await anna.say("still here?"), 404);
    assert.equal(await ben.say("hello"), 204);
    assert.equal(await ben.next(), "hello");
  });

  test("is closed with 1013 when its client does not read, and other clients are not affected", async (t) => {
    const { application, closes } = chat({ maxBufferedBytes: 200_000 });
    const { port, httpUrl, wsUrl } = await startServer(t, application);
    const slow = await RawClient.connect(t, port);
    slow.send(request("GET", "/sse/room/", { Accept: "text/event-stream", Connection: "close" }));
    await until(() => slow.text.includes("event: connection"), "the first event");
    slow.socket.pause();
    const anna = await StreamClient.open(t, `${httpUrl}/sse/room/`);
    const ben = await WireClient.open(t, `${wsUrl}/ws/room/`);
    // Far more than the buffers of the kernel.
    for (let number = 0; closes.length === 0; number += 1) {
      assert.ok(number < 2_000, "the server must close the slow client");
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

  test("ends with 1012 when the server closes, and does not delay the server", async (t) => {
    const { application, closes } = chat();
    const { httpUrl, server } = await startServer(t, application);
    const clients = [
      await StreamClient.open(t, `${httpUrl}/sse/lobby/`),
      await StreamClient.open(t, `${httpUrl}/sse/lobby/`),
    ];
    await soon(server.close({ reason: "재시작", timeoutMs: 60_000 }), "the server to close");
    for (const client of clients) {
      assert.deepEqual(JSON.parse(await client.next("close")), { code: 1012, reason: "재시작" });
    }
    assert.deepEqual(closes, [1012, 1012]);
  });
});

test("A post reaches its connection through any node of the layer", async (t) => {
  const application = { ...chat().application, layer: new InMemoryChannelLayer() };
  const [one, other] = [await startServer(t, application), await startServer(t, application)];
  const anna = await StreamClient.open(t, `${one.httpUrl}/sse/lobby/`);
  const ben = await WireClient.open(t, `${other.wsUrl}/ws/lobby/`);
  assert.equal(await anna.say("hello", `${other.httpUrl}/sse/lobby/`), 204);
  assert.deepEqual([await anna.next(), await ben.next()], ["hello", "hello"]);
  await other.server.close();
  assert.equal(await anna.say("still here"), 204);
  assert.equal(await anna.next(), "still here");
});
