import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { consumer, protocolRouter } from "@lobby/channels";
import { until } from "@lobby/test-support/waiting";
import { serve, type ServerOptions } from "../src/index.ts";
import { resolveOptions } from "../src/options.ts";
import { Echo } from "./support/echo.ts";
import { ask } from "./support/http.ts";
import { startServer } from "./support/server.ts";
import { WireClient } from "./support/wire-client.ts";

describe("Options", () => {
  test("have the documented defaults", () => {
    const { onReport, ...values } = resolveOptions({});
    assert.equal(typeof onReport, "function");
    assert.deepEqual(values, {
      listen: { port: 8000, host: "127.0.0.1" },
      allowedHosts: "any",
      allowedOrigins: "same-origin",
      trustProxy: [],
      maxPayloadBytes: 1_048_576,
      maxFragments: 1_024,
      maxBodyBytes: 1_048_576,
      maxBufferedBytes: 1_048_576,
      slowClientCloseCode: 1013,
      handshakeTimeoutMs: 5_000,
      pingIntervalMs: 25_000,
      closeTimeoutMs: 5_000,
      headersTimeoutMs: 10_000,
      requestTimeoutMs: 60_000,
      sendTimeoutMs: 60_000,
      keepAliveTimeoutMs: 125_000,
      maxHeaderBytes: 16_384,
    });
  });

  test("with the value undefined have their defaults", () => {
    const options = { maxPayloadBytes: undefined, slowClientCloseCode: undefined, listen: undefined };
    const { maxPayloadBytes, slowClientCloseCode, listen } = resolveOptions(options as unknown as ServerOptions);
    assert.deepEqual(
      [maxPayloadBytes, slowClientCloseCode, listen],
      [1_048_576, 1013, { port: 8000, host: "127.0.0.1" }],
    );
  });

  test("with an unknown name are refused with the list of options", () => {
    assert.throws(() => resolveOptions({ maxPayload: 1 } as object), {
      code: "CHANNELS_CONFIGURATION",
      message:
        /^The server has no option `maxPayload`, only `listen`, .+`maxPayloadBytes`, .+`tls`, `admit`, `connectionLimit`, `onAccess`\.$/,
    });
  });

  for (const [application, got] of [
    [undefined, "`undefined`"],
    [5, "`5`"],
    [() => new Response(), "a function"],
    [{ http: () => new Response() }, "an object"],
  ] as const) {
    test(`of a server need the root of an application, not ${got}`, async () => {
      const started = serve(application as never, { listen: { port: 0 } }).then((server) => server.close());
      await assert.rejects(started, {
        code: "CHANNELS_CONFIGURATION",
        message: `Expected \`application\` to be the result of \`protocolRouter\`, got ${got}.`,
      });
    });
  }

  test("with a port and no host listen on 127.0.0.1", () => {
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
    [
      { slowClientCloseCode: 1006 },
      "Expected `slowClientCloseCode` to be a close code such as 1013 or 4000, got `1006`.",
    ],
    [
      { slowClientCloseCode: "4000" },
      'Expected `slowClientCloseCode` to be a close code such as 1013 or 4000, got "4000".',
    ],
    [{ trustProxy: ["proxy"] }, 'Expected a trusted proxy such as "127.0.0.1", "10.0.0.0/8" or "unix", got "proxy".'],
    [
      { allowedOrigins: "same-orign" },
      'Expected `allowedOrigins` to be "same-origin", "any" or a list of origins, got `same-orign`.',
    ],
    [
      { allowedOrigins: ["chat.example"] },
      'Expected an origin such as "https://chat.example.com", "https://*.example.com" or "capacitor://localhost", ' +
        'without a path, got "chat.example".',
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
    [{ listen: { path: "" } }, 'Expected `listen.path` to be non-empty text, got "".'],
    [{ listen: { path: 5 } }, "Expected `listen.path` to be non-empty text, got `5`."],
    [{ listen: { fd: "3" } }, 'Expected `listen.fd` to be the number of a descriptor, got "3".'],
    [{ listen: { port: 0, host: 5 } }, "Expected `listen.host` to be non-empty text, got `5`."],
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
    test(`such as ${JSON.stringify(options)} are refused before the server listens`, async () => {
      await assert.rejects(serve(protocolRouter({}), options as unknown as ServerOptions), {
        code: "CHANNELS_CONFIGURATION",
        message,
      });
    });
  }
});

test("Without `onReport`, the server logs reports to the console", async (t) => {
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

test("Errors of hooks are logged to the console, and affect no request or connection", async (t) => {
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
  const client = await WireClient.open(t, wsUrl);
  client.send("still here");
  assert.equal(await client.next(), "still here");
  client.socket.close();
  await until(() => lines.length === 4, "every hook to fail");
  assert.equal(server.connections, 0);
  const count = (sentence: string): number =>
    lines.filter(([said, error]) => said === sentence && error === failure).length;
  assert.deepEqual([count("onAccess failed:"), count("onReport failed:")], [3, 1]);
});
