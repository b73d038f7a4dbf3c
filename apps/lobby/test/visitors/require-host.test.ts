import assert from "node:assert/strict";
import { test } from "node:test";
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
