/** Lobby behind real proxies, with the settings of the documentation. */
import assert from "node:assert/strict";
import { request as requestHttp, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { test, type TestContext } from "node:test";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { soon, until } from "@lobby/test-support/waiting";
import { PlainClient } from "./support/plain-client.ts";
import { settingsIn, startHaproxy, startNginx, type ProxyProcess } from "./support/proxy-process.ts";
import { startTestLobby, type TestLobby } from "./support/test-lobby.ts";

/** An address of this machine, so that the visitor has another one than the proxy. Linux has all of 127.0.0.0/8. */
const VISITOR = "127.0.0.2";

/** Everything that a client may invent. */
const FORGED = {
  "X-Forwarded-For": "198.51.100.1, 127.0.0.1",
  "X-Forwarded-Proto": "http",
  "X-Forwarded-Host": "localhost",
  "X-Real-IP": "198.51.100.1",
  Forwarded: 'for=198.51.100.1;proto=http;host="localhost", for="[::1]:80"',
};

const UPGRADE = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

type Headers = Readonly<Record<string, string>>;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly socket: Duplex | undefined;
}

/** Sends a request from the address of the visitor, over TLS or not. */
function send(port: number, isTls: boolean, path: string, headers: Headers): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const options = {
    host: "127.0.0.1",
    port,
    path,
    headers,
    localAddress: VISITOR,
    agent: false,
  } satisfies RequestOptions;
  const outgoing = isTls ? requestHttps({ ...options, rejectUnauthorized: false }) : requestHttp(options);
  outgoing.on("error", reject);
  outgoing.on("upgrade", ({ statusCode = 0 }, socket) => resolve({ status: statusCode, body: "", socket }));
  outgoing.on("response", (response) => {
    const { statusCode: status = 0 } = response;
    text(response).then((body) => resolve({ status, body, socket: undefined }), reject);
  });
  outgoing.end();
  return soon(promise, `an answer to ${path}`);
}

const PROXIES: readonly (readonly [string, (t: TestContext, lobbyPort: number) => Promise<ProxyProcess>])[] = [
  ["nginx with the settings of the README", (t, port) => startNginx(t, settingsIn("README.md", "proxy_pass", port))],
  [
    "nginx with the settings of the guide to deploying",
    (t, port) => startNginx(t, settingsIn("docs/deploying.md", "proxy_pass", port)),
  ],
  [
    "HAProxy with the settings of the README",
    (t, port) => startHaproxy(t, settingsIn("README.md", "forwardfor", port)),
  ],
  [
    "HAProxy with the settings of the guide to deploying",
    (t, port) => startHaproxy(t, settingsIn("docs/deploying.md", "forwardfor", port)),
  ],
];

/** Returns the clients and statuses in the access log. */
function accesses({ log }: TestLobby): readonly string[] {
  return log
    .filter(({ kind }) => kind === "http" || kind === "websocket-open")
    .map((line) => `${line.kind} ${line.client} ${line.status}`);
}

for (const [proxy, start] of PROXIES) {
  test(`behind ${proxy}, Lobby sees the visitor's address, host and scheme, and people talk`, async (t) => {
    const lobby = await startTestLobby(t, "--trust-proxy", "127.0.0.1");
    const { port, tlsPort } = await start(t, Number(new URL(lobby.origin).port));
    for (const [isTls, at] of [
      [false, port],
      [true, tlsPort],
    ] as const) {
      const origin = (host: string): string => `${isTls ? "https" : "http"}://${host}`;
      for (const forged of [{}, FORGED]) {
        lobby.log.splice(0);
        const Host = `localhost:${at}`;
        const page = await send(at, isTls, "/chat/lobby/", { ...forged, Host });
        assert.equal(page.status, 200);
        const headers = { ...forged, ...UPGRADE, Host, Origin: origin(Host) };
        const { status, socket } = await send(at, isTls, "/ws/chat/lobby/", headers);
        socket?.destroy();
        assert.equal(status, 101);
        await until(() => accesses(lobby).length === 2, "two lines in the log");
        assert.deepEqual(accesses(lobby), [`http ${VISITOR} 200`, `websocket-open ${VISITOR} 101`]);

        const stranger = `evil.example:${at}`;
        for (const [path, more] of [
          ["/chat/", {}],
          ["/ws/chat/lobby/", { ...UPGRADE, Origin: origin(stranger) }],
        ] as const) {
          const denied = await send(at, isTls, path, { ...forged, ...more, Host: stranger });
          assert.equal(denied.status, 421);
          assert.ok(denied.body.endsWith(`--public-url ${origin(stranger)}\n`), denied.body);
        }
      }
    }

    const url = `ws://127.0.0.1:${port}/ws/chat/lobby/`;
    const clients = await Promise.all([1, 2].map(() => PlainClient.open(t, url)));
    clients[0]?.say("안녕하세요");
    for (const client of clients) assert.equal((await client.next()).message, "안녕하세요");
  });
}

test("behind nginx that passes the headers of a client on, the client cannot choose the host", async (t) => {
  const lobby = await startTestLobby(t, "--trust-proxy", "127.0.0.1");
  const settings = `location / { proxy_pass ${lobby.origin}; proxy_set_header Host $http_host; }`;
  const { port } = await startNginx(t, settings);
  assert.equal((await send(port, false, "/chat/", { ...FORGED, Host: "evil.example" })).status, 421);
  assert.equal((await send(port, false, "/chat/", { ...FORGED, Host: `localhost:${port}` })).status, 200);
});
