import assert from "node:assert/strict";
import { request } from "node:http";
import { hostname } from "node:os";
import { test } from "node:test";
import { text } from "node:stream/consumers";
import { soon } from "@lobby/test-support/waiting";
import { sendHandshake } from "../support/send-handshake.ts";
import { startTestLobby } from "../support/test-lobby.ts";
import { TestVisitor } from "../support/test-visitor.ts";

test("under a public address, only probes can use another host", async (t) => {
  const proxied = await startTestLobby(
    t,
    "--public-url",
    "https://chat.example.com:8443",
    "--trust-proxy",
    "127.0.0.1",
  );
  const statusAt = async (host: string, path: string): Promise<number> =>
    (await new TestVisitor(proxied.origin, { "x-forwarded-host": host }).fetch(path)).status;
  for (const host of ["chat.example.com", "chat.example.com:8443", "CHAT.example.com:80"]) {
    assert.equal(await statusAt(host, "/chat/"), 200, host);
  }
  for (const host of ["evil.example", "chat.example.com.evil.example", "127.0.0.1:8000"]) {
    for (const path of ["/", "/chat/", "/chat/lobby/", "/me", "/nothing", "/assets/main.js"]) {
      assert.equal(await statusAt(host, path), 421, `${host}${path}`);
    }
    for (const path of ["/healthz", "/readyz"]) assert.equal(await statusAt(host, path), 200, `${host}${path}`);
  }
  const stray = new TestVisitor(proxied.origin, { "accept-language": "ko" });
  assert.equal(await stray.html("/chat/"), "이 주소로 접속해 주세요: https://chat.example.com:8443/\n");
});

test("under a public address, a socket of another host gets the same denial as a page", async (t) => {
  const proxied = await startTestLobby(t, "--public-url", "https://chat.example.com", "--trust-proxy", "127.0.0.1");
  const openAt = (host: string) =>
    sendHandshake(proxied.origin, "/ws/chat/lobby/", { "X-Forwarded-Host": host, "Accept-Language": "ko" });
  for (const host of ["evil.example", "127.0.0.1:8000"]) {
    const { status, headers, body } = await openAt(host);
    assert.deepEqual([status, headers["set-cookie"]], [421, undefined], host);
    assert.equal(body, "이 주소로 접속해 주세요: https://chat.example.com/\n");
  }
  const { status, socket } = await openAt("chat.example.com:8443");
  socket?.destroy();
  assert.equal(status, 101);
});

const PATHS = ["/", "/chat/", "/chat/lobby/", "/nothing", "/assets/main.js"];

/** Sends a request with any Host header. `fetch` always sends its own. */
function send(
  origin: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  method = "GET",
): Promise<{ readonly status: number; readonly body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const outgoing = request(origin, { path, method, headers, agent: false }, (response) => {
    text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
  });
  outgoing.on("error", reject);
  outgoing.end();
  return soon(promise, `an answer for ${path}`);
}

test("without a public address, Lobby answers for addresses, localhost and the machine's own name", async (t) => {
  const { origin } = await startTestLobby(t, "--host", "127.0.0.1");
  const { port } = new URL(origin);
  const [name = ""] = hostname().split(".");
  for (const host of [
    "localhost",
    `LOCALHOST:${port}`,
    "localhost.:80",
    "lobby.localhost",
    `127.0.0.1:${port}`,
    "192.168.1.5:8000",
    "203.0.113.7",
    "[::1]:8000",
    "[fd00::1]",
    "[::ffff:192.168.1.5]",
    hostname(),
    `${name}:8000`,
    `${name}.local`,
    `${name.toUpperCase()}.LOCAL.:8000`,
  ]) {
    assert.equal((await send(origin, "/chat/", { Host: host })).status, 200, host);
    const { status, socket } = await sendHandshake(origin, "/ws/chat/lobby/", { Host: host, Origin: `http://${host}` });
    socket?.destroy();
    assert.equal(status, 101, host);
  }
});

test("without a public address, a page of a stranger's domain that points at Lobby gets 421", async (t) => {
  const { origin } = await startTestLobby(t);
  const [name = ""] = hostname().split(".");
  for (const host of [
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "evillocalhost",
    "localhost..",
    "127.0.0.1.evil.example",
    "127-0-0-1.evil.example",
    "192.168.1.5.evil.example",
    `${name}.evil.example`,
    `${name}.lan`,
    `x${name}`,
    "evil.local",
    "evil",
  ]) {
    const headers = { Host: host, Origin: `http://${host}` };
    for (const path of PATHS) assert.equal((await send(origin, path, headers)).status, 421, `${host}${path}`);
    assert.equal((await send(origin, "/me", headers, "POST")).status, 421, host);
    assert.equal((await send(origin, "/chat/", headers, "PUT")).status, 421, host);
    const { status, headers: answer } = await sendHandshake(origin, "/ws/chat/lobby/", headers);
    assert.deepEqual([status, answer["set-cookie"]], [421, undefined], host);
    for (const path of ["/healthz", "/readyz"]) assert.equal((await send(origin, path, headers)).status, 200, host);
  }
});

test("the denial names the setting with the address that the visitor used", async (t) => {
  const { origin } = await startTestLobby(t, "--trust-proxy", "127.0.0.1");
  const english = { Host: "chat.lan:8000", "X-Forwarded-Proto": "https" };
  const korean = { Host: "chat.lan:8000", "Accept-Language": "ko" };
  assert.equal(
    (await send(origin, "/chat/", english)).body,
    "This server does not answer for this address. If the address is right, start Lobby with " +
      "--public-url https://chat.lan:8000\n",
  );
  const { body } = await sendHandshake(origin, "/ws/chat/lobby/", korean);
  assert.equal(
    body,
    "이 서버가 모르는 주소라서 열 수 없어요. 맞는 주소라면 로비를 시작할 때 이 설정을 추가해 주세요: " +
      "--public-url http://chat.lan:8000\n",
  );
});

test("behind a proxy that passes every header on, a client cannot choose an allowed host", async (t) => {
  const open = await startTestLobby(t, "--trust-proxy", "127.0.0.1");
  const named = await startTestLobby(t, "--trust-proxy", "127.0.0.1", "--public-url", "https://chat.example.com");
  for (const [{ origin }, own] of [
    [open, "localhost"],
    [named, "chat.example.com"],
  ] as const) {
    for (const forged of [{ "X-Forwarded-Host": own }, { Forwarded: `host=${own}` }]) {
      const headers = { ...forged, Host: "evil.example" };
      assert.equal((await send(origin, "/chat/", headers)).status, 421);
      assert.equal((await sendHandshake(origin, "/ws/chat/lobby/", headers)).status, 421);
    }
  }
});
