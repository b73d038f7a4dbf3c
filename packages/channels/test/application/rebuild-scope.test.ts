/** The second run of middleware before `connect`, which closes the race between a lookup and a revocation. */
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
  type ConsumerContext,
  type LoginScope,
  type SubjectScope,
  type WebSocketApplication,
  type WebSocketScope,
} from "@lobby/channels";
import { requestApplication, WebSocketCommunicator, type HandshakeResult } from "@lobby/channels/testing";
import { until } from "@lobby/test-support/waiting";

/** A consumer that records its scope when it is constructed, when it connects, and when the scope changes. */
class Probe extends WebSocketConsumer {
  readonly #scopes: object[];
  constructor(context: ConsumerContext, scopes: object[]) {
    super(context);
    this.#scopes = scopes;
    scopes.push(this.scope);
  }
  override connect(): void {
    this.#scopes.push(this.scope);
    this.accept();
  }
  override scopeChanged(): void {
    this.#scopes.push(this.scope);
  }
}

/** Makes a middleware step that logs each run and adds the result of `add`. */
function step<Adds extends object>(log: string[], name: string, add: (run: number) => Adds): () => Adds {
  let runs = 0;
  return () => {
    log.push(name);
    runs += 1;
    return add(runs);
  };
}

/** Makes a step that adds a subject, and a value under its name that may differ from run to run. */
function subjectStep(log: string[], name: string, value: (run: number) => unknown = () => "same") {
  const count = step(log, name, (run) => ({ [name]: value(run) }));
  return ({ subjects }: SubjectScope) => ({ subjects: [...subjects, `subject of ${name}`], ...count() });
}

interface Connected {
  readonly client: WebSocketCommunicator;
  readonly layer: InMemoryChannelLayer;
  readonly answer: HandshakeResult;
}

async function connectTo(application: WebSocketApplication, path = "/"): Promise<Connected> {
  const layer = new InMemoryChannelLayer();
  const client = new WebSocketCommunicator(application, path, { layer });
  const answer = await client.connect();
  await client.whenIdle();
  return { client, layer, answer };
}

describe("before connect", () => {
  test("steps that gave subjects run again, and the steps before and after them do not", async () => {
    const [log, scopes]: [string[], object[]] = [[], []];
    const middleware = stack(
      step(log, "first", () => ({})),
      subjectStep(log, "session"),
      step(log, "between", () => ({})),
      subjectStep(log, "user"),
    ).use(step(log, "last", () => ({})));
    await connectTo(middleware(consumer(Probe, scopes)));
    assert.deepEqual(log, ["first", "session", "between", "user", "last", "session", "user"]);
    assert.equal(scopes[0], scopes[1], "the connection keeps its scope");
  });

  test("all steps after a subject-giving step whose values differ run again", async () => {
    const [log, scopes]: [string[], object[]] = [[], []];
    const middleware = stack(
      step(log, "first", () => ({ first: {} })),
      subjectStep(log, "session", () => ({})),
      step(log, "between", (run) => ({ between: run })),
      subjectStep(log, "user", (run) => run),
    ).use((scope: object) => {
      log.push("last");
      return { last: (scope as { readonly user?: unknown }).user };
    });
    await connectTo(middleware(consumer(Probe, scopes)));
    assert.deepEqual(log, ["first", "session", "between", "user", "last", "session", "user", "last"]);
    const [before, after] = scopes as readonly Record<string, unknown>[];
    assert.deepEqual(
      [before, after].map((scope) => [scope?.["between"], scope?.["user"], scope?.["last"]]),
      [
        [1, 1, 1],
        [1, 2, 2],
      ],
    );
    for (const name of ["first", "session"]) assert.equal(before?.[name], after?.[name], "earlier values stay");
  });

  test("steps of a connection without subjects run once", async () => {
    const log: string[] = [];
    await connectTo(stack(step(log, "only", () => ({})))(consumer(Probe, [])));
    assert.deepEqual(log, ["only"]);
  });

  class User {
    readonly #id: string;
    constructor(id: string) {
      this.#id = id;
    }
    get id(): string {
      return this.#id;
    }
  }
  const mina = new User("mina");
  const key = Symbol("key");
  for (const [values, isSame, value] of [
    ["equal plain objects", true, () => ({ id: "mina", roles: ["admin", { room: 1 }], at: Number.NaN, none: null })],
    ["equal objects without a prototype", true, () => Object.assign(Object.create(null) as object, { id: "mina" })],
    ["plain objects with one other value", false, (run) => ({ id: "mina", roles: ["admin", { room: run }] })],
    ["plain objects with one key more", false, (run) => (run === 1 ? { id: "mina" } : { id: "mina", role: undefined })],
    ["plain objects with one key less", false, (run) => (run === 1 ? { id: "mina", role: undefined } : { id: "mina" })],
    ["plain objects with another key", false, (run) => (run === 1 ? { id: undefined } : { name: undefined })],
    ["plain objects with another value of a symbol", false, (run) => ({ [key]: run })],
    ["lists in another order", false, (run) => (run === 1 ? ["a", "b"] : ["b", "a"])],
    ["a list and an object with the same keys", false, (run) => (run === 1 ? [] : { length: 0 })],
    ["one instance of a class", true, () => mina],
    ["two instances of a class with equal fields", false, () => new User("mina")],
    ["two dates of one time", false, () => new Date(0)],
    ["two maps with equal entries", false, () => new Map([["id", "mina"]])],
    ["two functions", false, () => () => undefined],
    ["0 and -0", false, (run) => (run === 1 ? 0 : -0)],
  ] satisfies [string, boolean, (run: number) => unknown][]) {
    test(`${values} count as ${isSame ? "the same" : "different"}`, async () => {
      const [log, scopes]: [string[], object[]] = [[], []];
      const middleware = stack(
        subjectStep(log, "user", value),
        step(log, "last", () => ({})),
      );
      await connectTo(middleware(consumer(Probe, scopes)));
      assert.deepEqual(log, isSame ? ["user", "last", "user"] : ["user", "last", "user", "last"]);
      assert.equal(scopes[0] === scopes[1], isSame);
    });
  }

  test("a step that denies in its second run denies the connection, and connect does not run", async () => {
    const scopes: object[] = [];
    const user = ({ subjects }: SubjectScope): SubjectScope | Denial =>
      scopes.length === 0 ? { subjects: [...subjects, "user:mina"] } : new Denial(401, "Log in first.");
    const { answer, client } = await connectTo(stack(user)(consumer(Probe, scopes)));
    assert.deepEqual([answer.accepted, !answer.accepted && answer.status], [false, 401]);
    assert.deepEqual([scopes.length, client.reports], [1, []]);
  });

  test("a step that throws in its second run fails the handshake with 500", async () => {
    const scopes: object[] = [];
    const user = ({ subjects }: SubjectScope): SubjectScope => {
      if (scopes.length > 0) throw new Error("no database");
      return { subjects: [...subjects, "user:mina"] };
    };
    const { answer, client } = await connectTo(stack(user)(consumer(Probe, scopes)));
    assert.deepEqual([answer.accepted, !answer.accepted && answer.status], [false, 500]);
    assert.deepEqual(
      client.reports.map(({ operation, error }) => [operation, (error as Error).message]),
      [["connect", "no database"]],
    );
  });
});

/** Makes an outer stack, a router and an inner stack around a probe. */
function nested(log: string[], scopes: object[], value?: (run: number) => unknown): WebSocketApplication {
  const inner = stack(step(log, "inner", (run) => ({ inner: run })));
  const outer = stack(subjectStep(log, "outer", value));
  return outer(urlRouter([route("/:room/", inner(consumer(Probe, scopes)))]));
}

describe("before connect, in nested stacks and routers,", () => {
  test("an inner stack without subjects runs once while the outer values stay the same", async () => {
    const [log, scopes]: [string[], object[]] = [[], []];
    await connectTo(nested(log, scopes), "/lobby/");
    assert.deepEqual(log, ["outer", "inner", "outer"]);
    assert.equal(scopes[0], scopes[1]);
  });

  test("an inner stack runs again when the outer values differ, and the parameters of the path stay", async () => {
    const [log, scopes]: [string[], object[]] = [[], []];
    await connectTo(
      nested(log, scopes, (run) => run),
      "/lobby/",
    );
    assert.deepEqual(log, ["outer", "inner", "outer", "inner"]);
    const { params, outer, inner } = scopes[1] as Record<string, unknown>;
    assert.deepEqual([{ ...(params as object) }, outer, inner], [{ room: "lobby" }, 2, 2]);
  });

  test("an inner stack with subjects runs again, and the outer stack does not", async () => {
    const [log, scopes]: [string[], object[]] = [[], []];
    const outer = stack(step(log, "outer", () => ({})));
    const inner = stack(subjectStep(log, "inner", (run) => run));
    await connectTo(outer(urlRouter([route("/:room/", inner(consumer(Probe, scopes)))])), "/lobby/");
    assert.deepEqual(log, ["outer", "inner", "inner"]);
    const { params, inner: value, subjects } = scopes[1] as Record<string, unknown>;
    assert.deepEqual([{ ...(params as object) }, value, subjects], [{ room: "lobby" }, 2, ["subject of inner"]]);
  });

  test("a full refresh runs every step of every stack again", async () => {
    const [log, scopes]: [string[], object[]] = [[], []];
    const { layer } = await connectTo(nested(log, scopes), "/lobby/");
    log.length = 0;
    await connections(layer).refresh("subject of outer");
    await until(() => scopes.length === 3, "the new scope");
    assert.deepEqual(log, ["outer", "inner"]);
    assert.equal((scopes[2] as { readonly inner?: number }).inner, 2);
  });

  test("a full refresh after a second run that changed the scope still starts at the outermost scope", async () => {
    const [log, scopes]: [string[], object[]] = [[], []];
    const { layer } = await connectTo(
      nested(log, scopes, (run) => run),
      "/lobby/",
    );
    log.length = 0;
    await connections(layer).refresh("subject of outer");
    await until(() => scopes.length === 3, "the new scope");
    assert.deepEqual(log, ["outer", "inner"]);
    const { outer, subjects } = scopes[2] as Record<string, unknown>;
    assert.deepEqual([outer, subjects], [3, ["subject of outer"]]);
  });
});

describe("a login and the second run of its middleware", () => {
  interface User {
    readonly id: string;
    readonly visits: number;
  }

  /** Makes a site whose room needs a login. `onLoad` runs during each lookup of a user of the room. */
  function site(scopes: object[], onLoad: (run: number, cookie: string) => Promise<number>) {
    const layer = new InMemoryChannelLayer();
    let runs = 0;
    let cookie = "";
    const store = new InMemorySessionStore();
    const pages = authStack({ sessions: { store }, users: { loadUser: (id) => ({ id }) } });
    const withUser = authStack<User>({
      sessions: { store },
      users: { loadUser: async (id) => ({ id, visits: await onLoad((runs += 1), cookie) }) },
    });
    const members = stack(({ user }: { readonly user: User | undefined }) =>
      user === undefined ? new Denial(401, "Log in first.") : {},
    );
    const application = protocolRouter({
      layer,
      websocket: withUser(members(consumer(Probe, scopes))),
      http: pages(async (request: Request, scope: LoginScope) => {
        await (request.url.endsWith("/login") ? login(scope, "mina") : logout(scope));
        return new Response();
      }),
    });
    const visit = (path: string): Promise<Response> =>
      requestApplication(application.http, path, { headers: { cookie }, layer });
    const enter = async (): Promise<HandshakeResult> => {
      const response = await visit("/login");
      cookie = response.headers.getSetCookie().at(-1)?.split(";")[0] ?? "";
      return new WebSocketCommunicator(application, "/", { headers: { cookie } }).connect();
    };
    return { enter, visit };
  }

  test("keep the session object, even when the user has changed meanwhile", async () => {
    const scopes: WebSocketScope[] = [];
    assert.equal((await site(scopes, async (run) => run).enter()).accepted, true);
    const [before, after] = scopes as unknown as readonly { readonly session: object; readonly user: User }[];
    assert.deepEqual([before?.user.visits, after?.user.visits], [1, 2]);
    assert.equal(before?.session, after?.session);
  });

  test("deny a client that logs out between the lookup and the join of its groups", async () => {
    const scopes: object[] = [];
    const all = site(scopes, async (run) => {
      // The first lookup has read the session. The logout closes the connections that it can reach: none yet.
      if (run === 1) await all.visit("/logout");
      return 0;
    });
    const answer = await all.enter();
    assert.deepEqual([answer.accepted, !answer.accepted && answer.status], [false, 401]);
    assert.equal(scopes.length, 1, "connect did not run");
  });
});

interface Joining {
  readonly answer: HandshakeResult;
  readonly scopes: readonly object[];
  readonly checks: number;
}

/** Connects Mina, whom a moderator bans after the first run of the check. `allow` makes the additions of the check. */
async function connectDuringBan(allow: (scope: SubjectScope) => object): Promise<Joining> {
  const layer = new InMemoryChannelLayer();
  const subject = userSubject("mina");
  const scopes: object[] = [];
  let [isBanned, checks] = [false, 0];
  const middleware = stack(
    ({ subjects }: SubjectScope) => ({ subjects: [...subjects, subject] }),
    (scope: SubjectScope) => {
      checks += 1;
      return isBanned ? new Denial(403, "You are banned.") : allow(scope);
    },
    async () => {
      isBanned = true;
      // Reaches no connection: Mina's has not joined the group of its subject.
      await connections(layer).close(subject, { code: 4403, reason: "You are banned." });
      return {};
    },
  );
  const client = new WebSocketCommunicator(middleware(consumer(Probe, scopes)), "/", { layer });
  const answer = await client.connect();
  await client.whenIdle();
  return { answer, scopes, checks };
}

describe("a ban between its check and the join of the groups", () => {
  test("refuses the connection when the check returns the subjects unchanged", async () => {
    const { answer, scopes, checks } = await connectDuringBan(({ subjects }) => ({ subjects }));
    assert.deepEqual([answer.accepted, !answer.accepted && answer.status], [false, 403]);
    assert.deepEqual([scopes.length, checks], [1, 2], "connect did not run");
  });

  test("misses the connection when the check returns no subjects, because it runs once", async () => {
    const { answer, checks } = await connectDuringBan(() => ({}));
    assert.deepEqual([answer.accepted, checks], [true, 1]);
  });
});
