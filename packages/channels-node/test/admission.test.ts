import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { consumer, Denial, networkOf, RateLimit, route, stack, urlRouter, WebSocketConsumer } from "@lobby/channels";
import { eventStream } from "@lobby/channels/event-stream";
import { until } from "@lobby/test-support/waiting";
import type { Admit, Arrival, ServerOptions } from "../src/index.ts";
import { Echo } from "./support/echo.ts";
import { handshake, RawClient, request } from "./support/raw-client.ts";
import { startServer, type TestServer } from "./support/server.ts";
import { receiveDenial, WireClient } from "./support/wire-client.ts";

const TOO_MANY = new Denial(429, "Too many connections.", { headers: { "Retry-After": "3" } });

/** A count of everything that a server has admitted and that has not ended. */
class Open {
  now = 0;
  total = 0;
  readonly arrivals: Arrival[] = [];
  readonly admit: Admit = (arrival) => {
    this.arrivals.push(arrival);
    this.now += 1;
    this.total += 1;
    let isReleased = false;
    return () => {
      assert.equal(isReleased, false, "released twice");
      isReleased = true;
      this.now -= 1;
    };
  };

  async none(): Promise<void> {
    await until(() => this.now === 0, `no open arrivals, got ${this.now}`);
  }
}

const never = (): never => assert.fail("The application must not run.");

/** Returns options of a request that a proxy forwards for this address. */
const from = (address: string): { headers: Record<string, string> } => ({ headers: { "X-Forwarded-For": address } });

/** Never answers a handshake. */
class Silent extends WebSocketConsumer {
  override connect(): Promise<void> {
    return new Promise((resolve) => this.signal.addEventListener("abort", () => resolve()));
  }
}

class Failing extends WebSocketConsumer {
  override connect(): void {
    throw new Error("The test fails on purpose.");
  }
}

const application = {
  http: (incoming: Request) => {
    const { pathname } = new URL(incoming.url);
    if (pathname === "/fails/") throw new Error("The test fails on purpose.");
    if (pathname === "/endless/")
      return new Response(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array(9)) }));
    if (pathname === "/never/") return new Promise<Response>(() => undefined);
    return new Response("ok");
  },
  websocket: urlRouter([
    route("/ws/", consumer(Echo)),
    route("/silent/", consumer(Silent)),
    route("/failing/", consumer(Failing)),
    route("/denied/", stack(() => new Denial(403))(consumer(Echo))),
    route("/closed/", stack(() => new Denial(403, "No.", { closeCode: 4403 }))(consumer(Echo))),
  ]),
};

function start(t: TestContext, admit: Admit, options: ServerOptions = {}): Promise<TestServer> {
  return startServer(t, application, { admit, ...options });
}

describe("`admit`", () => {
  test("receives the type, the address, the headers and the URL of each arrival", async (t) => {
    const open = new Open();
    const { httpUrl, wsUrl } = await start(t, open.admit, { trustProxy: ["127.0.0.1"] });
    const headers = { "X-Forwarded-For": "2001:db8::7", "Accept-Language": "ko" };
    await fetch(`${httpUrl}/page?a=1`, { headers });
    await WireClient.open(t, `${wsUrl}/ws/`, { headers });
    assert.deepEqual(
      open.arrivals.map(({ type, url, client, headers: sent }) => [
        type,
        url.pathname + url.search,
        client.address,
        sent.get("accept-language"),
      ]),
      [
        ["http", "/page?a=1", "2001:db8::7", "ko"],
        ["websocket", "/ws/", "2001:db8::7", "ko"],
      ],
    );
  });

  test("denies requests and handshakes before they reach the application", async (t) => {
    const { httpUrl, wsUrl } = await startServer(t, { http: never, websocket: never }, { admit: () => TOO_MANY });
    const response = await fetch(httpUrl, { method: "POST", body: "x".repeat(100_000) });
    const denial = await receiveDenial(t, `${wsUrl}/ws/`);
    for (const { status, retryAfter, body } of [
      { status: response.status, retryAfter: response.headers.get("retry-after"), body: await response.text() },
      { status: denial.status, retryAfter: denial.headers["retry-after"], body: denial.body },
    ]) {
      assert.deepEqual([status, retryAfter, body], [429, "3", "Too many connections.\n"]);
    }
  });

  test("can close the WebSocket of a browser with a code", async (t) => {
    const { wsUrl } = await start(t, () => new Denial(429, "Too many.", { closeCode: 4429 }));
    const client = await WireClient.open(t, `${wsUrl}/ws/`);
    assert.deepEqual(await client.closed, { code: 4429, reason: "Too many." });
  });

  for (const [what, admit, sentence] of [
    ["throws", () => JSON.parse("{"), /JSON/],
    [
      "returns a promise",
      () => Promise.resolve(undefined),
      /Expected `admit` to return a Denial, a function or undefined/,
    ],
  ] as const) {
    test(`that ${what} is reported, and denies with 500`, async (t) => {
      const { httpUrl, wsUrl, takeReports } = await start(t, admit as never);
      assert.equal((await fetch(httpUrl)).status, 500);
      assert.equal((await receiveDenial(t, `${wsUrl}/ws/`)).status, 500);
      const reports = takeReports();
      assert.deepEqual(
        reports.map(({ level, source, operation }) => [level, source, operation]),
        [
          ["error", "http", "admit"],
          ["error", "websocket", "admit"],
        ],
      );
      for (const { error } of reports) assert.match(String(error), sentence);
    });
  }

  test("must be a function", async (t) => {
    await assert.rejects(start(t, 5 as never), { code: "CHANNELS_CONFIGURATION", message: /`admit`.*got `5`/ });
  });
});

describe("An admitted connection is released once", () => {
  test("when its response is complete, also on a connection that stays open", async (t) => {
    const open = new Open();
    const { httpUrl, takeReports } = await start(t, open.admit, { maxBodyBytes: 10 });
    for (const path of ["/", "/", "/fails/"]) await (await fetch(`${httpUrl}${path}`)).text();
    await (await fetch(httpUrl, { method: "POST", body: "a body over the limit" })).text();
    await open.none();
    assert.equal(open.total, 4);
    takeReports();
  });

  for (const path of ["/endless/", "/never/"]) {
    test(`when its client leaves during ${path}`, async (t) => {
      const open = new Open();
      const { port } = await start(t, open.admit);
      const client = await RawClient.connect(t, port);
      client.send(request("GET", path));
      await until(() => open.now === 1, "the request");
      client.socket.destroy();
      await open.none();
    });
  }

  test("when its client leaves with requests in the pipeline", async (t) => {
    const open = new Open();
    const { port } = await start(t, open.admit);
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/never/") + request("GET", "/never/") + request("GET", "/never/"));
    await until(() => open.now > 0, "the requests");
    client.socket.destroy();
    await open.none();
  });

  for (const [path, leaves] of [
    ["/ws/", "closes it"],
    ["/silent/", "leaves during `connect`"],
    ["/failing/", "is denied by an error"],
    ["/denied/", "is denied"],
    ["/closed/", "is denied with a close code"],
    ["/nowhere/", "asks for an unknown address"],
  ] as const) {
    test(`when the client of a WebSocket ${leaves}`, async (t) => {
      const open = new Open();
      const { port, takeReports } = await start(t, open.admit);
      const client = await RawClient.connect(t, port);
      client.send(handshake(path));
      await until(() => open.total === 1, "the handshake");
      if (path === "/ws/") await client.head();
      client.socket.destroy();
      await open.none();
      takeReports();
    });
  }

  test("when the handshake is refused before the application, or the client sends garbage", async (t) => {
    const open = new Open();
    const { port, wsUrl } = await start(t, open.admit);
    assert.equal((await receiveDenial(t, `${wsUrl}/ws/`, { origin: "https://evil.example" })).status, 403);
    const old = await RawClient.connect(t, port);
    old.send(handshake("/ws/", { "Sec-WebSocket-Version": "8" }));
    await old.rest();
    const client = await RawClient.upgrade(t, port, "/ws/");
    client.send("garbage");
    await client.rest();
    await open.none();
    assert.equal(open.total, 3);
  });

  test("when the server closes", async (t) => {
    const open = new Open();
    const { server, port, wsUrl } = await start(t, open.admit);
    const client = await RawClient.connect(t, port);
    client.send(handshake("/silent/"));
    await until(() => open.now === 1, "the handshake");
    await WireClient.open(t, `${wsUrl}/ws/`);
    assert.equal(open.now, 2);
    await server.close({ timeoutMs: 1_000 });
    assert.equal(open.now, 0);
  });

  test("and an error of its function is reported", async (t) => {
    const { httpUrl, takeReports } = await start(t, () => () => JSON.parse("{"));
    await (await fetch(httpUrl)).text();
    const reports: unknown[] = [];
    await until(() => reports.push(...takeReports()) > 0, "the report");
    assert.equal(reports.length, 1);
  });
});

describe("Limits by address", () => {
  test("cover WebSockets, event streams and requests of every address of a network together", async (t) => {
    const { websocket } = application;
    const streams = eventStream(websocket);
    const arrivals = new RateLimit({ burst: 3, perSecond: 0.001 });
    const admit: Admit = ({ client }) => (arrivals.take(networkOf(client.address)) > 0 ? TOO_MANY : undefined);
    const { httpUrl, wsUrl } = await startServer(t, { http: streams, websocket }, { admit, trustProxy: ["127.0.0.1"] });
    const stream = await fetch(`${httpUrl}/ws/`, {
      headers: { ...from("2001:db8::1").headers, Accept: "text/event-stream" },
    });
    assert.equal(stream.status, 200);
    await stream.body?.cancel();
    await WireClient.open(t, `${wsUrl}/ws/`, from("2001:db8::2"));
    await (await fetch(httpUrl, from("2001:db8::3"))).text();
    assert.equal((await receiveDenial(t, `${wsUrl}/ws/`, from("2001:db8::4"))).status, 429);
    assert.equal((await fetch(`${httpUrl}/ws/`, from("2001:db8::5"))).status, 429);
    await WireClient.open(t, `${wsUrl}/ws/`, from("2001:db8:0:1::1"));
  });
});
