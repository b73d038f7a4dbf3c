import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { consumer, Denial, protocolRouter, route, urlRouter } from "@lobby/channels";
import { serve, type ServerOptions } from "../src/index.ts";
import { resolveOptions } from "../src/options.ts";
import { until } from "@lobby/test-support/waiting";
import { Echo } from "./support/echo.ts";
import { ask } from "./support/http.ts";
import { Peer, refused } from "./support/wire-client.ts";
import { RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

describe("options", () => {
  test("have the defaults that are documented", () => {
    const { onReport, ...values } = resolveOptions({});
    assert.equal(typeof onReport, "function");
    assert.deepEqual(values, {
      listen: { port: 8000, host: "127.0.0.1" },
      allowedHosts: "any",
      allowedOrigins: "same-origin",
      trustProxy: [],
      maxPayloadBytes: 1_048_576,
      maxBodyBytes: 1_048_576,
      maxBufferedBytes: 1_048_576,
      slowClientCloseCode: 1013,
      handshakeTimeoutMs: 5_000,
      pingIntervalMs: 25_000,
      closeTimeoutMs: 5_000,
      headersTimeoutMs: 10_000,
      requestTimeoutMs: 60_000,
    });
  });

  test("that are undefined have their defaults", () => {
    const options = { maxPayloadBytes: undefined, slowClientCloseCode: undefined, listen: undefined };
    const { maxPayloadBytes, slowClientCloseCode, listen } = resolveOptions(options as unknown as ServerOptions);
    assert.deepEqual(
      [maxPayloadBytes, slowClientCloseCode, listen],
      [1_048_576, 1013, { port: 8000, host: "127.0.0.1" }],
    );
  });

  test("that nobody knows are refused, with those that there are", () => {
    assert.throws(() => resolveOptions({ maxPayload: 1 } as object), {
      code: "CHANNELS_CONFIGURATION",
      message: /^The server has no option `maxPayload`, only `listen`, .+`maxPayloadBytes`, .+`tls`, `onAccess`\.$/,
    });
  });

  test("that name a port alone mean this machine alone", () => {
    assert.deepEqual(resolveOptions({ listen: { port: 9 } }).listen, { port: 9, host: "127.0.0.1" });
  });

  for (const [options, message] of [
    [{ listen: { port: 0, hots: "::" } }, "`listen` has no option `hots`, only `port`, `host`."],
    [{ listen: { path: "/s", host: "::" } }, "`listen` has no option `host`, only `path`."],
    [{ listen: { prt: 0 } }, "`listen` has no option `prt`, only `port`, `host`, `path`, `fd`."],
    [{ maxPayloadBytes: 0 }, "Expected `maxPayloadBytes` to be an integer from 1 to 2147483647, got `0`."],
    [
      { maxPayloadBytes: 2 ** 31 },
      "Expected `maxPayloadBytes` to be an integer from 1 to 2147483647, got `2147483648`.",
    ],
    [{ maxBodyBytes: 0 }, "Expected `maxBodyBytes` to be an integer from 1 to 2147483647, got `0`."],
    [{ maxBufferedBytes: "1mb" }, 'Expected `maxBufferedBytes` to be an integer from 1 to 2147483647, got "1mb".'],
    [{ pingIntervalMs: -1 }, "Expected `pingIntervalMs` to be an integer from 1 to 2147483647, got `-1`."],
    [{ pingIntervalMs: Infinity }, "Expected `pingIntervalMs` to be an integer from 1 to 2147483647, got `Infinity`."],
    [{ closeTimeoutMs: 1.5 }, "Expected `closeTimeoutMs` to be an integer from 1 to 2147483647, got `1.5`."],
    [{ headersTimeoutMs: NaN }, "Expected `headersTimeoutMs` to be an integer from 1 to 2147483647, got `NaN`."],
    [{ listen: { port: NaN } }, "Expected `listen.port` to be an integer from 0 to 65535, got `NaN`."],
    [{ listen: { port: 65_536 } }, "Expected `listen.port` to be an integer from 0 to 65535, got `65536`."],
    [{ slowClientCloseCode: 1006 }, "Expected `slowClientCloseCode` to be a close code, got `1006`."],
    [{ slowClientCloseCode: "4000" }, 'Expected `slowClientCloseCode` to be a close code, got "4000".'],
    [{ trustProxy: ["proxy"] }, 'Expected a trusted proxy such as "127.0.0.1", "10.0.0.0/8" or "unix", got "proxy".'],
    [
      { allowedOrigins: "same-orign" },
      'Expected `allowedOrigins` to be "same-origin", "any" or a list of origins, got `same-orign`.',
    ],
    [
      { allowedOrigins: ["chat.example"] },
      'Expected an origin such as "https://chat.example.com" or "https://*.example.com", got "chat.example".',
    ],
    [{ allowedHosts: "x.com" }, 'Expected `allowedHosts` to be "any" or a list of hosts, got "x.com".'],
    [{ allowedHosts: null }, 'Expected `allowedHosts` to be "any" or a list of hosts, got `null`.'],
    [{ trustProxy: "10.0.0.0/8" }, 'Expected `trustProxy` to be a list of addresses and ranges, got "10.0.0.0/8".'],
    [{ trustProxy: null }, "Expected `trustProxy` to be a list of addresses and ranges, got `null`."],
    [{ trustProxy: [5] }, 'Expected a trusted proxy such as "127.0.0.1", "10.0.0.0/8" or "unix", got `5`.'],
    [null, "The server takes its options as an object, got `null`."],
    [{ listen: 5 }, "`listen` takes its options as an object, got `5`."],
    [{ listen: null }, "`listen` takes its options as an object, got `null`."],
    [{ listen: {} }, "Expected `listen` to have a `port`, a `path` or an `fd`, got none."],
    [{ listen: { path: "" } }, 'Expected `listen.path` to be text that is not empty, got "".'],
    [{ listen: { path: 5 } }, "Expected `listen.path` to be text that is not empty, got `5`."],
    [{ listen: { fd: "3" } }, 'Expected `listen.fd` to be the number of a descriptor, got "3".'],
    [{ listen: { port: 0, host: 5 } }, "Expected `listen.host` to be text that is not empty, got `5`."],
    [{ listen: { port: "80" } }, 'Expected `listen.port` to be an integer from 0 to 65535, got "80".'],
    [{ onAccess: 5 }, "Expected `onAccess` to be a function, got `5`."],
    [
      { allowedHosts: [5] },
      'Expected a host such as "chat.example.com", "*.example.com" or "[::1]", without a port, got `5`.',
    ],
    ...[
      "x.com:80",
      "x.com:",
      "[::1]:80",
      ".example.com",
      "..",
      "chat.example.com:8000",
      "https://chat.example.com",
      "*",
      "*.*.example.com",
      "::1",
      "",
    ].map(
      (host) =>
        [
          { allowedHosts: [host] },
          `Expected a host such as "chat.example.com", "*.example.com" or "[::1]", without a port, got "${host}".`,
        ] as const,
    ),
  ] as const) {
    test(`such as ${JSON.stringify(options)} are refused before anything is served`, async () => {
      await assert.rejects(serve(protocolRouter({}), options as unknown as ServerOptions), {
        code: "CHANNELS_CONFIGURATION",
        message,
      });
    });
  }

  test("may ask for whole requests in less time than heads have by default", async (t) => {
    const { httpUrl } = await startServer(t, { http: () => new Response("ok") }, { requestTimeoutMs: 5_000 });
    assert.equal((await ask(httpUrl)).status, 200);
  });
});

describe("the access log", () => {
  const application = {
    http: (): Response => new Response("page", { status: 201 }),
    websocket: urlRouter([route("/ws/", consumer(Echo)), route("/no/", () => new Denial(401, "No."))]),
  };

  test("has a line for an HTTP request", async (t) => {
    const { httpUrl, accessLog } = await startServer(t, application);
    await (await ask(`${httpUrl}/page?q=1`, { method: "PUT" })).text();
    await until(() => accessLog.length === 1, "the line");
    const [{ durationMs, ...line } = { durationMs: -1 }] = accessLog;
    assert.deepEqual(line, { kind: "http", method: "PUT", target: "/page?q=1", client: "127.0.0.1", status: 201 });
    assert.ok(durationMs >= 0 && durationMs < 5_000);
  });

  test("has a line for a request that is malformed, with the address it came from", async (t) => {
    const { port, accessLog } = await startServer(t, application);
    const client = await RawClient.connect(t, port);
    client.send(request("GET", "/page", { Host: "a/b", Connection: "close" }));
    await client.rest();
    await until(() => accessLog.length === 1, "the line");
    const [{ target, client: address, status } = {}] = accessLog;
    assert.deepEqual([target, address, status], ["/page", "127.0.0.1", 400]);
  });

  test("has a line for a connection that opens, and one with its close code when it ends", async (t) => {
    const { wsUrl, accessLog } = await startServer(t, application);
    const peer = await Peer.open(t, `${wsUrl}/ws/?q=1`);
    const line = { method: "GET", target: "/ws/?q=1", client: "127.0.0.1" };
    const lines = (): object[] => accessLog.map(({ durationMs, ...rest }) => ({ ...rest, took: durationMs >= 0 }));
    assert.deepEqual(lines(), [{ kind: "websocket-open", ...line, status: 101, took: true }]);
    peer.socket.close(4321);
    await until(() => accessLog.length === 2, "the line");
    assert.deepEqual(lines()[1], { kind: "websocket-close", ...line, status: 4321, took: true });
    assert.ok((accessLog[1]?.durationMs ?? 0) >= (accessLog[0]?.durationMs ?? 0));
  });

  test("has one line for a connection that is refused", async (t) => {
    const { wsUrl, server, accessLog } = await startServer(t, application);
    await refused(t, `${wsUrl}/no/`);
    await until(() => server.connections === 0, "the connection to be over");
    assert.deepEqual(
      accessLog.map(({ kind, target, status }) => [kind, target, status]),
      [["websocket-refused", "/no/", 401]],
    );
  });
});

test("what goes wrong is said on standard error when nobody else is told", async (t) => {
  const lines: unknown[][] = [];
  t.mock.method(console, "error", (...line: unknown[]) => lines.push(line));
  t.mock.method(console, "warn", (...line: unknown[]) => lines.push(["warning", ...line]));
  const { onReport } = resolveOptions({});
  const failure = new Error("no");
  onReport({ level: "error", source: "Chat", operation: "receive", error: failure });
  onReport({ level: "warning", source: "Chat", operation: "connect", error: failure });
  assert.deepEqual(lines, [
    ["Chat (receive):", failure],
    ["warning", "Chat (connect):", failure],
  ]);
});

test("hooks that throw are written to standard error, and no request or connection notices", async (t) => {
  const lines: unknown[][] = [];
  t.mock.method(console, "error", (...line: unknown[]) => lines.push(line));
  const failure = new Error("the log is full");
  const fail = (): never => {
    throw failure;
  };
  class Broken extends Echo {
    override disconnect(): never {
      throw new Error("boom");
    }
  }
  const { httpUrl, wsUrl, server } = await startServer(
    t,
    { http: () => new Response("page"), websocket: consumer(Broken) },
    { onAccess: fail, onReport: fail },
  );
  assert.equal(await (await ask(httpUrl)).text(), "page");
  const peer = await Peer.open(t, wsUrl);
  peer.send("still here");
  assert.equal(await peer.next(), "still here");
  peer.socket.close();
  await until(() => lines.length === 4, "every hook to have failed");
  assert.equal(server.connections, 0);
  const count = (sentence: string): number =>
    lines.filter(([said, error]) => said === sentence && error === failure).length;
  assert.deepEqual([count("onAccess failed:"), count("onReport failed:")], [3, 1]);
});
