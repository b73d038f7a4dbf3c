import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  authStack,
  connections,
  consumer,
  Denial,
  InMemoryChannelLayer,
  InMemorySessionStore,
  login,
  logout,
  protocolRouter,
  route,
  stack,
  urlRouter,
  userSubject,
  WebSocketConsumer,
  type ChannelLayer,
  type LoginScope,
  type ProtocolRouter,
  type ScopeParams,
  type SubjectScope,
  type UserScope,
  type WebSocketScope,
} from "@lobby/channels";
import { sessionSubject } from "../../src/middleware/sessions.ts";
import { requestApplication, WebSocketCommunicator } from "@lobby/channels/testing";
import { until } from "@lobby/test-support/waiting";

interface User {
  readonly id: string;
  readonly role: string;
}

type RoomScope = WebSocketScope & UserScope<User> & ScopeParams<"/room/:room/">;

/** A site whose rooms need a login, with the pages `/login/<id>` and `/logout`. */
class Site {
  readonly layer: ChannelLayer = new InMemoryChannelLayer();
  readonly users = new Map<string, User>(["mina", "juno"].map((id) => [id, { id, role: "member" }]));
  readonly sessionStore = new InMemorySessionStore();
  readonly log: string[] = [];
  readonly app: ProtocolRouter;
  /** Runs once, in a consumer's `connect`. */
  onConnect: (() => Promise<void>) | undefined;
  /** Runs after the lookup of a user and before its result is returned. */
  onLoad: (() => Promise<void>) | undefined;

  constructor() {
    const { log, users } = this;
    const loadUser = async (id: string): Promise<User | undefined> => {
      const user = users.get(id);
      await this.onLoad?.();
      return user;
    };
    const withAuth = authStack({ sessions: { store: this.sessionStore }, users: { loadUser } });
    const onConnect = (): Promise<void> | undefined => this.onConnect?.();
    class Room extends WebSocketConsumer<RoomScope> {
      override async connect(): Promise<void> {
        await onConnect();
        this.accept();
      }
      override async receive(text: string): Promise<void> {
        if (text === "hang") await new Promise(() => undefined);
        this.send(`${this.scope.params.room} ${this.scope.user?.id} ${this.scope.user?.role}`);
      }
      override scopeChanged(previous: RoomScope): void {
        log.push(`${previous.user?.role} becomes ${this.scope.user?.role}`);
      }
      override disconnect(code: number): void {
        log.push(`${this.scope.user?.id} left with ${code}`);
      }
    }
    const members = stack(({ user }: UserScope<User>) =>
      user === undefined ? new Denial(401, "Log in first; 로그인하세요. ".repeat(10)) : {},
    );
    this.app = protocolRouter({
      layer: this.layer,
      websocket: withAuth(urlRouter([route("/room/:room/", members(consumer(Room)))])),
      http: withAuth(async (request: Request, scope: LoginScope) => {
        const [, action, id] = new URL(request.url).pathname.split("/");
        await (action === "login" ? login(scope, id ?? "") : logout(scope));
        return new Response();
      }),
    });
  }

  /** Requests a page and returns the cookie that a browser would keep. */
  async visit(path: string, cookie = ""): Promise<string> {
    const { layer } = this;
    const response = await requestApplication(this.app.http, path, { headers: { cookie }, layer });
    return response.headers.getSetCookie().at(-1)?.split(";")[0] ?? "";
  }

  client(cookie: string): WebSocketCommunicator {
    return new WebSocketCommunicator(this.app, "/room/lobby/", { headers: { cookie } });
  }

  async enter(cookie: string): Promise<WebSocketCommunicator> {
    const client = this.client(cookie);
    assert.equal((await client.connect()).accepted, true);
    return client;
  }
}

test("a logout closes every connection of its session and no other connection", async () => {
  const site = new Site();
  const [mina, juno, minaElsewhere] = [
    await site.visit("/login/mina"),
    await site.visit("/login/juno"),
    await site.visit("/login/mina"),
  ];
  const [one, two, other, elsewhere] = [
    await site.enter(mina),
    await site.enter(mina),
    await site.enter(juno),
    await site.enter(minaElsewhere),
  ];
  await site.visit("/logout", mina);
  for (const client of [one, two]) assert.deepEqual(await client.receiveClose(), { code: 4401, reason: "Logged out" });
  for (const client of [other, elsewhere]) client.send("hello");
  assert.equal(await other.receive(), "lobby juno member");
  assert.equal(await elsewhere.receive(), "lobby mina member");
  for (const client of [one, two]) await client.whenIdle();
  assert.deepEqual(site.log, ["mina left with 4401", "mina left with 4401"]);
});

describe("a banned user", () => {
  test("loses every connection of every session at once, with the given code and reason", async () => {
    const site = new Site();
    const clients = [
      await site.enter(await site.visit("/login/mina")),
      await site.enter(await site.visit("/login/mina")),
    ];
    await connections(site.layer).close(userSubject("mina"), { code: 4000, reason: "Banned" });
    for (const client of clients) assert.deepEqual(await client.receiveClose(), { code: 4000, reason: "Banned" });
  });

  test("loses a connection whose handler hangs while frames wait", async () => {
    const site = new Site();
    const client = await site.enter(await site.visit("/login/mina"));
    for (let count = 0; count < 500; count += 1) client.send("hang");
    await connections(site.layer).close(userSubject("mina"));
    assert.deepEqual(await client.receiveClose(), { code: 4403, reason: "Access was revoked" });
  });

  test("is denied a connection that is opening during the ban", async () => {
    const site = new Site();
    site.onConnect = () => connections(site.layer).close(userSubject("mina"), { code: 4000, reason: "Banned" });
    const client = site.client(await site.visit("/login/mina"));
    const answer = await client.connect();
    assert.deepEqual([answer.accepted, !answer.accepted && answer.status], [false, 403]);
    await client.whenIdle();
    assert.deepEqual([site.log, client.reports], [["mina left with 4000"], []]);
  });

  test("is denied a connection when the ban happens between the lookup and the join of the groups", async () => {
    const site = new Site();
    const cookie = await site.visit("/login/mina");
    site.onLoad = async () => {
      site.onLoad = undefined;
      site.users.delete("mina");
      await connections(site.layer).close(userSubject("mina"));
    };
    const answer = await site.client(cookie).connect();
    assert.deepEqual([answer.accepted, !answer.accepted && answer.status], [false, 401]);
    assert.deepEqual(site.log, []);
  });
});

describe("a refreshed connection", () => {
  test("receives a new scope from all of its middleware, and scopeChanged runs", async () => {
    const site = new Site();
    const client = await site.enter(await site.visit("/login/mina"));
    site.users.set("mina", { id: "mina", role: "admin" });
    client.send("before");
    assert.equal(await client.receive(), "lobby mina member");
    await connections(site.layer).refresh(userSubject("mina"));
    await until(() => site.log.length === 1, "the new scope");
    client.send("after");
    assert.equal(await client.receive(), "lobby mina admin");
    assert.deepEqual(site.log, ["member becomes admin"]);
    site.users.set("mina", { id: "mina", role: "guest" });
    await connections(site.layer).refresh(userSubject("mina"));
    await until(() => site.log.length === 2, "the next scope");
    assert.deepEqual(site.log.at(-1), "admin becomes guest");
  });

  test("keeps the newest facts, even when an older lookup ends last", async () => {
    const site = new Site();
    const client = await site.enter(await site.visit("/login/mina"));
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const unused = [...gates];
    site.onLoad = async () => unused.shift()?.promise;
    for (const role of ["admin", "guest"]) {
      site.users.set("mina", { id: "mina", role });
      await connections(site.layer).refresh(userSubject("mina"));
      await client.whenIdle();
    }
    for (const gate of gates.toReversed()) {
      gate.resolve();
      await client.whenIdle();
    }
    await until(() => site.log.some((line) => line.endsWith("becomes guest")), "the last scope");
    await client.whenIdle();
    client.send("?");
    assert.equal(await client.receive(), "lobby mina guest");
  });

  test("closes when its middleware now denies it, with the reason cut to 123 bytes", async () => {
    const site = new Site();
    const client = await site.enter(await site.visit("/login/mina"));
    site.users.delete("mina");
    await connections(site.layer).refresh(userSubject("mina"));
    const { code, reason } = await client.receiveClose();
    assert.equal(code, 4401);
    assert.ok(reason.startsWith("Log in first; 로그인하세요. Log in"));
    assert.ok(Buffer.byteLength(reason) <= 123 && Buffer.byteLength(reason) > 119);
  });

  test("closes with 1011 when its middleware throws", async () => {
    const site = new Site();
    const client = await site.enter(await site.visit("/login/mina"));
    site.onLoad = async () => {
      throw new Error("no database");
    };
    await connections(site.layer).refresh(userSubject("mina"));
    assert.deepEqual(await client.receiveClose(), { code: 1011, reason: "Internal error" });
    await client.whenIdle();
    assert.deepEqual(site.log, ["mina left with 1011"]);
    assert.deepEqual(
      client.reports.map(({ operation, error }) => [operation, (error as Error).message]),
      [["refresh", "no database"]],
    );
  });

  test("closes with 4401 when a login gave its session a new key", async () => {
    const site = new Site();
    const old = await site.visit("/login/mina");
    const client = await site.enter(old);
    await site.visit("/login/juno", old);
    assert.equal((await client.receiveClose()).code, 4401);
  });
});

test("a subject is any text that middleware adds", async () => {
  class Quiet extends WebSocketConsumer {}
  const tenant = stack(({ subjects }: SubjectScope) => ({ subjects: [...subjects, "tenant:7"] }));
  const layer = new InMemoryChannelLayer();
  const client = new WebSocketCommunicator(tenant(consumer(Quiet)), "/", { layer });
  await client.connect();
  await connections(layer).close("tenant:8");
  await client.receiveNothing();
  await connections(layer).close("tenant:7");
  assert.equal((await client.receiveClose()).code, 4403);
});

test("a session's subject hides its key", async () => {
  const subject = await sessionSubject("secret");
  assert.match(subject, /^session:[0-9a-f]{64}$/);
  assert.equal(await sessionSubject("secret"), subject);
});

test("connections.close refuses an invalid code", async () => {
  const layer = new InMemoryChannelLayer();
  await assert.rejects(connections(layer).close("tenant:7", { code: 1006 }), { code: "CHANNELS_INVALID_CLOSE" });
});
