/** A connection over an event stream, from its opening to its end. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  consumer,
  include,
  InMemoryChannelLayer,
  InMemorySessionStore,
  login,
  authStack,
  connections,
  route,
  urlRouter,
  userSubject,
  WebSocketConsumer,
  type EventTable,
  type ScopeParams,
  type SessionScope,
  type UserScope,
  type WebSocketScope,
} from "@lobby/channels";
import { sessionSubject } from "../../src/middleware/sessions.ts";
import { eventStream } from "@lobby/channels/event-stream";
import { EventStreamClient, TestServerContext } from "../support/event-stream-client.ts";
import { recordedStream } from "../support/recording-stream.ts";

interface Said {
  readonly text: string;
}

class Room extends WebSocketConsumer<WebSocketScope & ScopeParams<"/:room/">, { said: Said }> {
  static readonly events: EventTable<Room> = {
    said({ text }) {
      this.send(text);
    },
  };
  override get groups(): readonly string[] {
    return [this.scope.params.room];
  }
  override receive(text: string): Promise<void> {
    return this.groupSend(this.scope.params.room, { type: "said", text });
  }
  override receiveBinary(bytes: Uint8Array): void {
    this.send(bytes);
  }
}

const room = urlRouter([route("/:room/", eventStream(consumer(Room)))]);

describe("an event stream", () => {
  test("has headers that keep proxies from buffering and browsers from caching", async () => {
    const response = await new EventStreamClient(room, { path: "/로비/" }).ask();
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    assert.equal(response.headers.get("cache-control"), "no-store, no-transform");
    assert.equal(response.headers.get("x-accel-buffering"), "no");
    await response.body?.cancel();
  });

  test("carries the consumer's frames to the client and the client's posts to the consumer", async () => {
    const layer = new InMemoryChannelLayer();
    const anna = await EventStreamClient.open(room, { layer, path: "/로비/" });
    const ben = await EventStreamClient.open(room, { layer, path: "/로비/" });
    assert.equal(await anna.send("안녕\r\n하세요"), 204);
    assert.equal(await ben.send('{"a":1}', { "Content-Type": "application/json" }), 204);
    assert.equal(await anna.send(""), 204);
    for (const client of [anna, ben]) {
      assert.equal(await client.receive(), "안녕\n하세요");
      assert.equal(await client.receive(), '{"a":1}');
      assert.equal(await client.receive(), "");
    }
    assert.equal(await anna.send(Uint8Array.of(0, 1, 255)), 204);
    assert.deepEqual(await anna.event(), { type: "binary", data: "AAH/" });
    anna.leave();
    ben.leave();
  });

  test("carries 10,000 frames each way in order", async () => {
    const client = await EventStreamClient.open(room, { path: "/busy/" });
    for (let number = 0; number < 10_000; number += 1) {
      assert.equal(await client.send(String(number)), 204);
      assert.equal(await client.receive(), String(number));
    }
    client.leave();
  });

  test("has an id of its own, also at the same address", async () => {
    const layer = new InMemoryChannelLayer();
    const server = new TestServerContext();
    const [one, two] = [
      await EventStreamClient.open(room, { layer, server, path: "/a/" }),
      await EventStreamClient.open(room, { layer, server, path: "/a/" }),
    ];
    assert.match(one.id, /^[\w-]{36}\.[\w-]{36}$/);
    assert.notEqual(one.id.split(".")[1], two.id.split(".")[1]);
    one.leave();
    two.leave();
  });

  test("begins with the frames that the consumer sends in connect", async () => {
    const { application } = recordedStream({
      connect(self) {
        self.accept();
        self.send("welcome");
      },
    });
    const client = await EventStreamClient.open(application);
    assert.equal(await client.receive(), "welcome");
    client.leave();
  });

  test("can serve a whole router of consumers at another address", async () => {
    const sockets = urlRouter([route("/:room/", consumer(Room))]);
    const http = urlRouter([include("/sse/", eventStream(sockets)), route("/sse/page/x/", () => new Response("page"))]);
    const client = await EventStreamClient.open(http, { path: "/sse/로비/" });
    await client.send("hello");
    assert.equal(await client.receive(), "hello");
    client.leave();
    const page = await new EventStreamClient(http, { path: "/sse/page/x/" }).ask();
    assert.equal(await page.text(), "page");
  });

  test("has the scope of a WebSocket, except for the scheme of the address", async () => {
    const seen: WebSocketScope[] = [];
    const { application } = recordedStream({
      connect(self) {
        seen.push(self.scope);
        self.accept();
      },
    });
    const client = await EventStreamClient.open(application, { path: "/sse/?q=1" });
    const [scope] = seen;
    assert.deepEqual(
      [scope?.type, scope?.subprotocols, scope?.url.href],
      ["websocket", [], "http://testserver/sse/?q=1"],
    );
    assert.equal(scope?.layer, client.layer);
    client.leave();
  });

  test("runs the same middleware, and its response carries their cookies", async () => {
    const auth = authStack({
      sessions: { store: new InMemorySessionStore() },
      users: { loadUser: (id) => ({ name: `User ${id}` }) },
    });
    class Member extends WebSocketConsumer<
      WebSocketScope & SessionScope & { readonly user: { name: string } | undefined }
    > {
      override async connect(): Promise<void> {
        if (this.scope.user === undefined) await login(this.scope, "7");
        this.accept();
        this.send(this.scope.user?.name ?? "nobody");
      }
    }
    const application = auth(eventStream(consumer(Member)));
    const layer = new InMemoryChannelLayer();
    const server = new TestServerContext();
    const first = await new EventStreamClient(application, { layer, server }).ask();
    const [cookie = ""] = first.headers.getSetCookie()[0]?.split(";") ?? [];
    assert.match(cookie, /^sessionid=/);
    await first.body?.cancel();
    const again = await EventStreamClient.open(application, { layer, server, headers: { Cookie: cookie } });
    assert.equal(await again.receive(), "User 7");
    again.leave();
  });
});

describe("an event stream after a change of its user", () => {
  class Member extends WebSocketConsumer<WebSocketScope & UserScope<string>> {
    override scopeChanged(): void {
      this.send(`You are ${this.scope.user}`);
    }
  }

  test("is refreshed and closed as a socket is", async () => {
    const store = new InMemorySessionStore();
    store.create("key", { userId: "7" }, 60);
    let name = "Mina";
    const auth = authStack({ sessions: { store }, users: { loadUser: () => name } });
    const application = auth(urlRouter([route("/sse/", eventStream(consumer(Member)))]));
    const client = await EventStreamClient.open(application, { headers: { Cookie: "sessionid=key" } });
    name = "미나";
    await connections(client.layer).refresh(userSubject("7"));
    assert.equal(await client.receive(), "You are 미나");
    await connections(client.layer).close(await sessionSubject("key"), { code: 4401, reason: "Logged out" });
    assert.deepEqual(await client.closed(), { code: 4401, reason: "Logged out" });
  });
});

describe("the end of an event stream", () => {
  test("is an event when the consumer closes", async () => {
    const { log, application } = recordedStream({
      groups: ["room"],
      receive(self) {
        self.send("last words");
        self.close(4001, "안녕히");
        self.send("too late");
      },
    });
    const client = await EventStreamClient.open(application);
    await client.send("go");
    assert.equal(await client.receive(), "last words");
    assert.deepEqual(await client.closed(), { code: 4001, reason: "안녕히" });
    await client.server.whenIdle();
    assert.deepEqual(log, ["connect", "receive go", "disconnect 4001 안녕히"]);
    assert.equal(await client.send("after the end"), 404);
  });

  test("is an event when a handler throws", async () => {
    const { log, application } = recordedStream({
      receive() {
        throw new Error("boom");
      },
    });
    const client = await EventStreamClient.open(application);
    await client.send("go");
    assert.deepEqual(await client.closed(), { code: 1011, reason: "Internal error" });
    await client.server.whenIdle();
    assert.deepEqual(log.slice(-2), ["receive go", "disconnect 1011 Internal error"]);
  });

  test("follows a request of the client", async () => {
    const { log, application } = recordedStream();
    const client = await EventStreamClient.open(application);
    assert.equal(await client.close(), 204);
    assert.deepEqual(await client.closed(), { code: 1005, reason: "" });
    await client.server.whenIdle();
    assert.deepEqual(log.slice(-1), ["disconnect 1005"]);
    assert.equal(await client.close(), 404);
  });

  for (const [how, leave] of [
    ["drops the connection", async (client, _response) => client.leave()],
    ["cancels the body", async (_client, response) => response.body?.cancel()],
    [
      "does both",
      async (client, response) => {
        await response.body?.cancel();
        client.leave();
      },
    ],
  ] satisfies [string, (client: EventStreamClient, response: Response) => Promise<unknown>][]) {
    test(`has the code 1006, once, when the client ${how}, and the groups are left`, async () => {
      const { log, application } = recordedStream({ groups: ["room"] });
      const client = new EventStreamClient(application);
      const response = await client.ask();
      await leave(client, response);
      await client.server.whenIdle();
      assert.equal(client.server.work.length, 1);
      await client.layer.groupSend("room", { type: "note", text: "after the end" });
      await client.server.whenIdle();
      assert.deepEqual(log.slice(-1), ["disconnect 1006"]);
    });
  }

  test("precedes connect when the client is gone by then", async () => {
    const { log, application } = recordedStream();
    const client = new EventStreamClient(application);
    client.leave();
    assert.equal((await client.ask()).status, 499);
    await client.server.whenIdle();
    assert.deepEqual([log, client.server.work.length], [[], 1]);
  });

  test("follows connect when the client leaves during connect", async () => {
    const { promise: mayConnect, resolve: connect } = Promise.withResolvers<void>();
    const { promise: isConnecting, resolve: connecting } = Promise.withResolvers<void>();
    const { log, application } = recordedStream({
      async connect(self) {
        connecting();
        await mayConnect;
        self.accept();
      },
    });
    const client = new EventStreamClient(application);
    const answer = client.ask();
    await isConnecting;
    client.leave();
    assert.equal((await answer).status, 499);
    connect();
    await client.server.whenIdle();
    assert.deepEqual(log, ["connect", "end of connect", "disconnect 1006"]);
  });
});

describe("a server that closes", () => {
  test("closes every connection with 1012 and waits for the handlers", async () => {
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const { log, application } = recordedStream({ disconnect: () => mayEnd });
    const client = await EventStreamClient.open(application);
    client.server.close();
    assert.deepEqual(await client.closed(), { code: 1012, reason: "The server is restarting" });
    end();
    await client.server.whenIdle();
    assert.deepEqual(log.slice(-2), [
      "disconnect 1012 The server is restarting",
      "end of disconnect 1012 The server is restarting",
    ]);
    assert.equal((await client.ask()).status, 503);
  });

  test("answers opening connections with 503", async () => {
    const { promise: isConnecting, resolve } = Promise.withResolvers<void>();
    const { application } = recordedStream({
      connect() {
        resolve();
        return new Promise(() => undefined);
      },
    });
    const client = new EventStreamClient(application);
    const answer = client.ask();
    await isConnecting;
    client.server.close();
    assert.equal((await answer).status, 503);
  });
});
