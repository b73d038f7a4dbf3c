import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  authStack,
  consumer,
  currentUser,
  InMemoryChannelLayer,
  InMemorySessionStore,
  login,
  logout,
  connections,
  userSubject,
  WebSocketConsumer,
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
  test("has no user at first", async () => {
    assert.deepEqual((await new Site().visit("/")).body, { before: null, now: null });
  });

  test("has the user from the next request after a login", async () => {
    const site = new Site();
    const { body, cookie } = await site.visit("/login/mina");
    assert.deepEqual(body, { before: null, now: "mina" });
    assert.deepEqual((await site.visit("/", cookie)).body, { before: "mina", now: "mina" });
  });

  test("has no user when the store has deleted the user, or the session names none", async () => {
    const site = new Site();
    const { cookie } = await site.visit("/login/mina");
    site.people.remove("mina");
    assert.deepEqual((await site.visit("/", cookie)).body, { before: null, now: null });
    assert.deepEqual((await site.visit("/login/unknown")).body, { before: null, now: null });
  });
});

describe("login", () => {
  test("gives the session a new key, so that an attacker's key is worthless", async () => {
    const site = new Site();
    const { cookie: planted } = await site.visit("/note/from-the-attacker");
    const { cookie } = await site.visit("/login/mina", planted);
    assert.notEqual(cookie, planted);
    assert.deepEqual((await site.visit("/", planted)).body, { before: null, now: null });
    assert.deepEqual((await site.visit("/", cookie)).body, { before: "mina", now: "mina", note: "from-the-attacker" });
  });

  test("gives a new key at a second login as well", async () => {
    const site = new Site();
    const first = await site.visit("/login/mina");
    const second = await site.visit("/login/mina", first.cookie);
    assert.notEqual(second.cookie, first.cookie);
    assert.deepEqual((await site.visit("/", first.cookie)).body, { before: null, now: null });
  });

  test("of another user removes the data of the user before", async () => {
    const site = new Site();
    const { cookie: minas } = await site.visit("/login/mina");
    await site.visit("/note/private", minas);
    const { body, cookie } = await site.visit("/login/juno", minas);
    assert.deepEqual(body, { before: "mina", now: "juno" });
    assert.deepEqual((await site.visit("/", cookie)).body, { before: "juno", now: "juno" });
    assert.deepEqual((await site.visit("/", minas)).body, { before: null, now: null });
  });
});

/** What a page shows that does these at the same time, to a visitor who has left a note but not logged in. */
async function shown(...steps: readonly ((scope: LoginScope) => Promise<void>)[]): Promise<object> {
  const site = new Site();
  const { cookie } = await site.visit("/note/mine");
  const page = site.withAuth(async (_request: Request, scope: LoginScope) => {
    await Promise.all(steps.map((step) => step(scope)));
    return Response.json({ now: await currentUser(scope, site.people), note: await scope.session.get("note") });
  });
  return (await (await requestApplication(page, "/", { headers: { Cookie: cookie } })).json()) as object;
}

const asMina = (scope: LoginScope): Promise<void> => login(scope, "mina");
const asJuno = (scope: LoginScope): Promise<void> => login(scope, "juno");

describe("concurrent calls on one session", () => {
  test("run in order: the second user gets no data of the first", async () => {
    assert.deepEqual(await shown(asMina, asJuno), { now: { id: "juno" } });
    assert.deepEqual(await shown(asMina, asMina), { now: { id: "mina" }, note: "mine" });
  });

  test("run in order: a logout after a login wins", async () => {
    assert.deepEqual(await shown(asMina, logout), {});
    assert.deepEqual(await shown(logout, asMina), { now: { id: "mina" } });
  });
});

describe("an open socket", () => {
  type AuthScope = WebSocketScope & SessionScope & UserScope<User>;

  class WhoAmI extends WebSocketConsumer<AuthScope> {
    readonly #people: People;
    constructor(context: ConsumerContext, people: People) {
      super(context);
      this.#people = people;
    }
    override async receive(text: string): Promise<void> {
      const content: unknown = JSON.parse(text);
      if (content === "log out") await logout(this.scope);
      if (content === "log in") await login(this.scope, "mina").catch(({ name }: Error) => this.#answer(name));
      const now = await currentUser(this.scope, this.#people);
      this.#answer({ before: this.scope.user?.id ?? null, now: now?.id ?? null });
    }
    #answer(content: unknown): void {
      this.send(JSON.stringify(content));
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

  test("can log its user out everywhere, itself included, after the last cookie", async () => {
    const site = new Site();
    const { cookie } = await site.visit("/login/mina");
    const client = await openSocket(site, cookie);
    client.sendJson("log out");
    assert.deepEqual(await client.receiveClose(), { code: 4401, reason: "Logged out" });
    assert.deepEqual((await site.visit("/", cookie)).body, { before: null, now: null });
  });

  test("that fails to log in another user keeps its own", async () => {
    const site = new Site();
    const { cookie } = await site.visit("/login/juno");
    const client = await openSocket(site, cookie);
    client.sendJson("log in");
    assert.equal(await client.receiveJson(), "SessionTooLateError");
    assert.deepEqual(await client.receiveJson(), { before: "juno", now: "juno" });
    assert.deepEqual((await site.visit("/", cookie)).body, { before: "juno", now: "juno" });
  });

  test("cannot log in, because the new key cannot reach the browser, and the error states the reason", async () => {
    const client = await openSocket(new Site(), "");
    client.sendJson("log in");
    assert.equal(await client.receiveJson(), "SessionTooLateError");
    assert.deepEqual(await client.receiveJson(), { before: null, now: null });
  });
});

describe("a login with a stamp", () => {
  interface Account {
    readonly id: string;
    readonly passwordHash: string;
  }

  /** A site where `/login/` and `/password/<hash>` do what they say, and every page says who is there then. */
  function site(hasStamps = true) {
    let account: Account = { id: "mina", passwordHash: "h1" };
    const layer = new InMemoryChannelLayer();
    const store: UserStore<Account> = {
      loadUser: () => account,
      ...(hasStamps && { stampOf: async ({ passwordHash }) => `stamp of ${passwordHash}` }),
    };
    const stamp = (): string => `stamp of ${account.passwordHash}`;
    const withAuth = authStack({ sessions: { store: new InMemorySessionStore() }, users: store });
    const pages = withAuth(async ({ url }: Request, scope: LoginScope & UserScope<Account>) => {
      const [, action, hash] = new URL(url).pathname.split("/");
      if (action === "login") await login(scope, "mina", hash === "unstamped" ? undefined : stamp());
      if (action === "password") {
        account = { ...account, passwordHash: hash ?? "" };
        await login(scope, "mina", stamp());
        await connections(layer).refresh(userSubject("mina"));
      }
      return new Response((await currentUser(scope, store))?.id ?? "nobody");
    });
    class Who extends WebSocketConsumer<WebSocketScope & UserScope<Account>> {
      override scopeChanged(): void {
        this.send(this.scope.user?.id ?? "nobody");
      }
    }
    const visit = async (path: string, cookie = ""): Promise<readonly [shown: string, cookie: string]> => {
      const response = await requestApplication(pages, path, { headers: { cookie }, layer });
      return [await response.text(), response.headers.getSetCookie().at(-1)?.split(";")[0] ?? cookie];
    };
    const open = async (cookie: string): Promise<WebSocketCommunicator> => {
      const client = new WebSocketCommunicator(withAuth(consumer(Who)), "/", { headers: { cookie }, layer });
      await client.connect();
      await client.whenIdle();
      return client;
    };
    return { visit, open };
  }

  test("ends in all other sessions when the password changes, also on open sockets", async () => {
    const { visit, open } = site();
    const [, here] = await visit("/login/");
    const [, elsewhere] = await visit("/login/");
    const socket = await open(elsewhere);
    assert.deepEqual([(await visit("/", here))[0], (await visit("/", elsewhere))[0]], ["mina", "mina"]);
    const [shown, renewed] = await visit("/password/h2", here);
    assert.equal(shown, "mina");
    assert.equal(await socket.receive(), "nobody");
    assert.deepEqual([(await visit("/", renewed))[0], (await visit("/", elsewhere))[0]], ["mina", "nobody"]);
    assert.equal((await visit("/login/", elsewhere))[0], "mina");
  });

  test("has no subject after the stamp changes", async () => {
    const { visit, open } = site();
    const [, elsewhere] = await visit("/login/");
    await visit("/password/h2");
    const socket = await open(elsewhere);
    await visit("/password/h3");
    await socket.receiveNothing();
  });

  test("needs a stamp when the store has stamps, and none otherwise", async () => {
    assert.equal((await site().visit("/login/unstamped"))[0], "nobody");
    assert.equal((await site(false).visit("/login/unstamped"))[0], "mina");
  });
});
