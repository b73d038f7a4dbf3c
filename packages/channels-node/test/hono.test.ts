/** A Hono app that `hono` mounts on a server: its errors are answered and reported as those of other applications. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Hono, type Context } from "hono";
import { HTTPException } from "hono/http-exception";
import {
  consumer,
  Denial,
  include,
  InMemoryChannelLayer,
  protocolRouter,
  route,
  stack,
  urlRouter,
  type HttpScope,
} from "@lobby/channels";
import { hono, type HonoOptions } from "@lobby/channels/hono";
import { FaultyLayer } from "@lobby/channels/testing";
import { until } from "@lobby/test-support/waiting";
import { Echo } from "./support/echo.ts";
import { ask } from "./support/http.ts";
import { RawClient, request } from "./support/raw-client.ts";
import { startServer, type TestServer } from "./support/server.ts";

type Bindings = HttpScope & { readonly user: string };
type Env = { Bindings: Bindings };

const bug = new Error("a bug");

/** An app with a route for each way in which a request can fail. */
function failingApp(): Hono<Env> {
  const announce = async ({ env }: Context<Env>): Promise<never> => {
    await env.layer.groupSend("everybody", { type: "announced" });
    return assert.fail("the layer is available");
  };
  const rooms = new Hono<Env>();
  rooms.post("/announce", announce);
  const app = new Hono<Env>();
  app.use(async (context, next) => {
    context.header("X-App", "1");
    await next();
  });
  app.get("/user", (context) => context.text(context.env.user));
  app.get("/denied", () => {
    throw new Denial(402, "Pay first.", { headers: { "X-Price": "3" } });
  });
  app.post("/announce", announce);
  app.get("/bug", () => {
    throw bug;
  });
  app.get("/teapot", () => {
    throw new HTTPException(418, { message: "short and stout" });
  });
  app.post("/body", async (context) => context.text(await context.req.text()));
  return app.route("/rooms", rooms);
}

/** Serves an app in a stack, with an unavailable layer and a body limit of 10 bytes. */
function serveApp(t: TestContext, app: Hono<Env>, options?: HonoOptions<Context<Env>>): Promise<TestServer> {
  const withUser = stack(() => ({ user: "Mina" }));
  const layer = new FaultyLayer(new InMemoryChannelLayer(), { seed: 1, refuse: 1 });
  return startServer(t, { layer, http: withUser(hono(app, options)) }, { maxBodyBytes: 10 });
}

/** Renders a page whose status and headers the denial replaces. */
const pages: HonoOptions<Context<Env>> = {
  onError: ({ status, reason }, context) =>
    context.html(`<h1>${status}</h1>${reason}`, 200, { "Retry-After": "never", "X-User": context.env.user }),
};

function chunked(text: string): RequestInit {
  return { method: "POST", body: ReadableStream.from([text]).pipeThrough(new TextEncoderStream()), duplex: "half" };
}

interface Case {
  readonly title: string;
  readonly path: string;
  readonly init?: () => RequestInit;
  readonly status: number;
  /** The body without `onError`. */
  readonly plain: string;
  /** The body with `onError`. Default: the same. */
  readonly page?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly reports?: readonly string[];
}

const FAILED = "The server failed to answer.";
const AWAY = "The server failed to answer now; try again later.";
const TOO_LARGE = "A request body may have at most 10 bytes.";

const CASES: readonly Case[] = [
  { title: "a path without a route", path: "/nowhere", status: 404, plain: "404 Not Found" },
  {
    title: "a thrown Denial",
    path: "/denied",
    status: 402,
    plain: "Pay first.\n",
    headers: { "x-price": "3", "content-type": "text/plain; charset=utf-8" },
  },
  ...["/announce", "/rooms/announce"].map((path) => ({
    title: `a layer that is unavailable at ${path}`,
    path,
    init: () => ({ method: "POST" }),
    status: 503,
    plain: `${AWAY}\n`,
    page: `<h1>503</h1>${AWAY}`,
    headers: { "retry-after": "1" },
    reports: [`warning http POST ${path} CHANNELS_LAYER_UNAVAILABLE`],
  })),
  {
    title: "an unknown error",
    path: "/bug?a=1",
    status: 500,
    plain: `${FAILED}\n`,
    page: `<h1>500</h1>${FAILED}`,
    reports: ["error http GET /bug?a=1 a bug"],
  },
  {
    title: "an HTTPException",
    path: "/teapot",
    status: 418,
    plain: "short and stout",
    headers: { "x-app": "1" },
  },
  {
    title: "a body that announces too much",
    path: "/body",
    init: () => ({ method: "POST", body: "0123456789a" }),
    status: 413,
    plain: `${TOO_LARGE}\n`,
    page: `<h1>413</h1>${TOO_LARGE}`,
  },
  {
    title: "a body that grows past the limit",
    path: "/body",
    init: () => chunked("0123456789a"),
    status: 413,
    plain: `${TOO_LARGE}\n`,
    page: `<h1>413</h1>${TOO_LARGE}`,
  },
];

/** Returns the reports of a server in words, and takes them from it. */
function reportsOf({ takeReports }: TestServer): readonly string[] {
  return takeReports().map(({ level, source, operation, error }) => {
    const { code, message } = error as Error & { readonly code?: string };
    return `${level} ${source} ${operation} ${code ?? message}`;
  });
}

for (const [way, options] of [
  ["hono(app)", undefined],
  ["hono(app, { onError })", pages],
] as const) {
  describe(`With ${way}, the server answers`, () => {
    for (const { title, path, init, status, plain, page = plain, headers = {}, reports = [] } of CASES) {
      test(`${title} with ${status}`, async (t) => {
        const server = await serveApp(t, failingApp(), options);
        const response = await ask(`${server.httpUrl}${path}`, init?.());
        assert.deepEqual([response.status, await response.text()], [status, options === undefined ? plain : page]);
        for (const [name, value] of Object.entries(headers)) assert.equal(response.headers.get(name), value, name);
        assert.deepEqual(reportsOf(server), reports);
      });
    }

    test("a handler with the scope of the middleware around the app", async (t) => {
      const { httpUrl } = await serveApp(t, failingApp(), options);
      assert.equal(await (await ask(`${httpUrl}/user`)).text(), "Mina");
      const head = await ask(`${httpUrl}/user`, { method: "HEAD" });
      assert.deepEqual([head.status, await head.text()], [200, ""]);
    });
  });
}

describe("A page of hono's onError", () => {
  test("passes the middleware of the app, and keeps its own headers", async (t) => {
    const server = await serveApp(t, failingApp(), pages);
    const { headers } = await ask(`${server.httpUrl}/bug`);
    assert.deepEqual([headers.get("x-app"), headers.get("x-user")], ["1", "Mina"]);
    assert.match(headers.get("content-type") ?? "", /^text\/html/);
    assert.equal(reportsOf(server).length, 1);
  });

  test("that fails is answered with 500, and both errors are reported once", async (t) => {
    const server = await serveApp(t, failingApp(), { onError: () => Promise.reject(new Error("no page")) });
    const response = await ask(`${server.httpUrl}/bug`);
    assert.deepEqual([response.status, await response.text()], [500, `${FAILED}\n`]);
    assert.deepEqual(reportsOf(server), ["error http GET /bug a bug", "error http GET /bug no page"]);
  });

  test("is not created for a client that left during its request body", async (t) => {
    let asked = 0;
    const { port, accessLog } = await serveApp(t, failingApp(), {
      onError: (_denial, context) => {
        asked += 1;
        return context.text("");
      },
    });
    const client = await RawClient.connect(t, port);
    client.send(`${request("POST", "/body", { "Content-Length": "9" })}half`);
    await nextTurn();
    client.socket.resetAndDestroy();
    await once(client.socket, "close");
    await until(() => accessLog.length === 1, "the request to be over");
    await nextTurn();
    assert.equal(asked, 0);
  });
});

describe("A Hono app", () => {
  test("keeps the error handler of a sub-app, and handles an error of that handler", async (t) => {
    class Refusal extends Error {}
    const rooms = new Hono<Env>();
    rooms.get("/:name", ({ req }) => {
      throw req.param("name") === "bug" ? bug : new Refusal("no such room");
    });
    rooms.onError((error, context) => {
      if (error instanceof Refusal) return context.text(error.message, 400);
      throw error;
    });
    const server = await serveApp(t, new Hono<Env>().route("/rooms", rooms), pages);
    const refused = await ask(`${server.httpUrl}/rooms/a`);
    assert.deepEqual([refused.status, await refused.text()], [400, "no such room"]);
    const failed = await ask(`${server.httpUrl}/rooms/bug`);
    assert.deepEqual([failed.status, await failed.text()], [500, `<h1>500</h1>${FAILED}`]);
    assert.deepEqual(reportsOf(server), ["error http GET /rooms/bug a bug"]);
  });

  test("stands last in a table of routes, and sees the whole path", async (t) => {
    const app = new Hono<{ Bindings: HttpScope }>();
    app.get("/api/version", (context) => context.json({ version: 3 }));
    const http = urlRouter([route("/", () => new Response("home")), include("/api/", hono(app))]);
    const websocket = urlRouter([route("/api/live/", consumer(Echo))]);
    const { httpUrl } = await startServer(t, { http, websocket });
    assert.equal(await (await ask(`${httpUrl}/`)).text(), "home");
    assert.deepEqual(await (await ask(`${httpUrl}/api/version`)).json(), { version: 3 });
    assert.equal((await ask(`${httpUrl}/api/live/`)).status, 426);
    assert.equal((await ask(`${httpUrl}/api/nothing`)).status, 404);
  });

  for (const [what, mount, message] of [
    ["is no app", () => hono({} as never), "Expected `app` to have a method `fetch`, got an object."],
    [
      "has an unknown option",
      () => hono(new Hono(), { onFail: 1 } as never),
      "hono has no option `onFail`, only `onError`.",
    ],
    [
      "has no function",
      () => hono(new Hono(), { onError: 1 } as never),
      "Expected `onError` to be a function, got `1`.",
    ],
  ] as const) {
    test(`is refused when it ${what}`, () => {
      assert.throws(mount, { code: "CHANNELS_CONFIGURATION", message });
    });
  }

  test("without bindings needs no middleware", () => {
    assert.equal(typeof protocolRouter({ http: hono(new Hono()) }).http, "function");
  });
});
