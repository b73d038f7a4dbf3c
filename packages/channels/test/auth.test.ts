import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  anyJson,
  authStack,
  consumer,
  currentUser,
  InMemorySessionStore,
  JsonWebSocketConsumer,
  login,
  logout,
  type ConsumerContext,
  type LoginScope,
  type SessionScope,
  type UserScope,
  type UserStore,
  type WebSocketScope,
} from "@lobby/channels";
import { requestApplication, WebSocketCommunicator } from "@lobby/channels/testing";

interface User {
  readonly id: string;
}

class People implements UserStore<User> {
  readonly #people = new Map<string, User>();
  constructor(...ids: readonly string[]) {
    for (const id of ids) this.#people.set(id, { id });
  }
  async loadUser(id: string): Promise<User | undefined> {
    return this.#people.get(id);
  }
  remove(id: string): void {
    this.#people.delete(id);
  }
}

/** A site where `/login/<id>` logs in, `/logout` logs out and anything else says who is there. */
class Site {
  readonly people = new People("mina", "juno");
  readonly withAuth = authStack({ sessions: { store: new InMemorySessionStore() }, users: this.people });
  readonly #pages = this.withAuth(async (request: Request, scope: LoginScope & UserScope<User>) => {
    const [, action, id] = new URL(request.url).pathname.split("/");
    if (action === "login") await login(scope, id ?? "");
    else if (action === "logout") await logout(scope);
    else if (action === "note") await scope.session.set("note", id);
    const now = await currentUser(scope, this.people);
    return Response.json({
      before: scope.user?.id ?? null,
      now: now?.id ?? null,
      note: await scope.session.get("note"),
    });
  });

  /** Requests a page as the browser with this cookie, and gives what it shows and the cookie the browser has then. */
  async visit(path: string, cookie = ""): Promise<{ readonly body: object; readonly cookie: string }> {
    const response = await requestApplication(this.#pages, path, { headers: { Cookie: cookie } });
    const set = response.headers.getSetCookie().at(-1)?.split(";")[0];
    return { body: (await response.json()) as object, cookie: set ?? cookie };
  }
}

describe("authStack", () => {
  test("knows nobody at first", async () => {
    assert.deepEqual((await new Site().visit("/")).body, { before: null, now: null });
  });

  test("knows who logged in, from the next request on", async () => {
    const site = new Site();
    const { body, cookie } = await site.visit("/login/mina");
    assert.deepEqual(body, { before: null, now: "mina" });
    assert.deepEqual((await site.visit("/", cookie)).body, { before: "mina", now: "mina" });
  });

  test("knows nobody when the user is gone, or the session points to nobody", async () => {
    const site = new Site();
    const { cookie } = await site.visit("/login/mina");
    site.people.remove("mina");
    assert.deepEqual((await site.visit("/", cookie)).body, { before: null, now: null });
    assert.deepEqual((await site.visit("/login/unknown")).body, { before: null, now: null });
  });
});

describe("login", () => {
  test("gives the session a new key, so that a key planted before is worth nothing", async () => {
    const site = new Site();
    const { cookie: planted } = await site.visit("/note/from-the-attacker");
    const { cookie } = await site.visit("/login/mina", planted);
    assert.notEqual(cookie, planted);
    assert.deepEqual((await site.visit("/", planted)).body, { before: null, now: null });
    assert.deepEqual((await site.visit("/", cookie)).body, { before: "mina", now: "mina", note: "from-the-attacker" });
  });

  test("gives a new key to someone who logs in again, too", async () => {
    const site = new Site();
    const first = await site.visit("/login/mina");
    const second = await site.visit("/login/mina", first.cookie);
    assert.notEqual(second.cookie, first.cookie);
    assert.deepEqual((await site.visit("/", first.cookie)).body, { before: null, now: null });
  });

  test("of somebody else ends what the one before left in the session", async () => {
    const site = new Site();
    const { cookie: minas } = await site.visit("/login/mina");
    await site.visit("/note/private", minas);
    const { body, cookie } = await site.visit("/login/juno", minas);
    assert.deepEqual(body, { before: "mina", now: "juno" });
    assert.deepEqual((await site.visit("/", cookie)).body, { before: "juno", now: "juno" });
    assert.deepEqual((await site.visit("/", minas)).body, { before: null, now: null });
  });
});

describe("an open socket", () => {
  type AuthScope = WebSocketScope & SessionScope & UserScope<User>;

  class WhoAmI extends JsonWebSocketConsumer<AuthScope> {
    override get schema(): typeof anyJson {
      return anyJson;
    }

    readonly #people: People;
    constructor(context: ConsumerContext<AuthScope>, people: People) {
      super(context);
      this.#people = people;
    }
    override async receiveJson(content: unknown): Promise<void> {
      if (content === "log out") await logout(this.scope);
      if (content === "log in") await login(this.scope, "mina").catch((error: Error) => this.sendJson(error.name));
      const now = await currentUser(this.scope, this.#people);
      this.sendJson({ before: this.scope.user?.id ?? null, now: now?.id ?? null });
    }
  }

  async function openSocket(site: Site, cookie: string): Promise<WebSocketCommunicator> {
    const application = site.withAuth(consumer(WhoAmI, site.people));
    const client = new WebSocketCommunicator(application, "/ws/", { headers: { Cookie: cookie } });
    assert.equal((await client.connect()).accepted, true);
    return client;
  }

  test("knows its user, and notices when they log out elsewhere", async () => {
    const site = new Site();
    const { cookie } = await site.visit("/login/mina");
    const client = await openSocket(site, cookie);
    client.sendJson("who am I?");
    assert.deepEqual(await client.receiveJson(), { before: "mina", now: "mina" });
    await site.visit("/logout", cookie);
    client.sendJson("who am I?");
    assert.deepEqual(await client.receiveJson(), { before: "mina", now: null });
  });

  test("can log its user out everywhere, itself included, though it can send no cookie any more", async () => {
    const site = new Site();
    const { cookie } = await site.visit("/login/mina");
    const client = await openSocket(site, cookie);
    client.sendJson("log out");
    assert.deepEqual(await client.receiveClose(), { code: 4401, reason: "Logged out" });
    assert.deepEqual((await site.visit("/", cookie)).body, { before: null, now: null });
  });

  test("that fails to log in somebody else leaves its user logged in", async () => {
    const site = new Site();
    const { cookie } = await site.visit("/login/juno");
    const client = await openSocket(site, cookie);
    client.sendJson("log in");
    assert.equal(await client.receiveJson(), "SessionTooLateError");
    assert.deepEqual(await client.receiveJson(), { before: "juno", now: "juno" });
    assert.deepEqual((await site.visit("/", cookie)).body, { before: "juno", now: "juno" });
  });

  test("cannot log in: the new key could not reach the browser, and the error says so", async () => {
    const client = await openSocket(new Site(), "");
    client.sendJson("log in");
    assert.equal(await client.receiveJson(), "SessionTooLateError");
    assert.deepEqual(await client.receiveJson(), { before: null, now: null });
  });
});
