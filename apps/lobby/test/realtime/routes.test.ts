import assert from "node:assert/strict";
import { after, test } from "node:test";
import { sendHandshake } from "../support/send-handshake.ts";
import { PlainClient } from "../support/plain-client.ts";
import { startTestLobby } from "../support/test-lobby.ts";
import { TestVisitor } from "../support/test-visitor.ts";

const lobby = await startTestLobby({ after });
const PATH = "/ws/chat/%EB%A1%9C%EB%B9%84/";

test("the handshake sets a cookie, which gives later connections the same identity", async (t) => {
  const { status, headers, socket } = await sendHandshake(lobby.origin, PATH);
  socket?.destroy();
  assert.equal(status, 101);
  const [cookie = "", ...others] = headers["set-cookie"] ?? [];
  assert.deepEqual(others, []);
  assert.match(cookie, /^lobby_guest_[\da-f]{12}=[^;]+; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax$/);

  const known = { cookie: cookie.split(";")[0] ?? "" };
  const again = await sendHandshake(lobby.origin, PATH, known);
  again.socket?.destroy();
  assert.deepEqual([again.status, again.headers["set-cookie"]], [101, undefined]);
  const client = await PlainClient.open(t, lobby.wsOrigin + PATH, known);
  client.say("hi");
  assert.equal((await client.next()).author?.id, await new TestVisitor(lobby.origin, known).id());
});

test("Lobby's own pages and clients without an Origin header can open a socket", async () => {
  for (const origin of [lobby.origin, undefined]) {
    const { status, socket } = await sendHandshake(lobby.origin, PATH, { Origin: origin });
    socket?.destroy();
    assert.equal(status, 101, origin);
  }
});

test("the handshake of another site's page is denied, and sets no cookie", async () => {
  const other = new URL(lobby.origin);
  other.port = "1";
  for (const origin of ["https://evil.example", other.origin, "null", `${lobby.origin}.evil.example`, "file://", ""]) {
    const { status, headers } = await sendHandshake(lobby.origin, PATH, { Origin: origin });
    assert.deepEqual([status, headers["set-cookie"]], [403, undefined], origin);
  }
});

test("under a public address, only its pages can open a socket or send a form", async (t) => {
  const proxied = await startTestLobby(t, "--public-url", "https://chat.example.com", "--trust-proxy", "127.0.0.1");
  for (const [origin, expected] of [
    ["https://chat.example.com", 101],
    ["http://chat.example.com", 403],
    [proxied.origin, 403],
  ] as const) {
    const forwarded = { "x-forwarded-host": "chat.example.com" };
    const { status, socket } = await sendHandshake(proxied.origin, PATH, { ...forwarded, Origin: origin });
    socket?.destroy();
    assert.equal(status, expected, origin);
    const mina = new TestVisitor(proxied.origin, forwarded);
    const renamed = await mina.rename({ nickname: "Mina", room: "lobby" }, { origin });
    assert.equal(renamed.status, expected === 101 ? 303 : 403, origin);
  }
});

test("a request without an upgrade to WebSocket gets 426", async () => {
  for (const path of [PATH, "/ws/chat//", "/ws/chat/%ff/"]) {
    const response = await new TestVisitor(lobby.origin).fetch(path);
    assert.deepEqual([response.status, response.headers.get("upgrade")], [426, "websocket"], path);
  }
});

test("a handshake for an unknown address gets 404", async () => {
  for (const path of ["/ws/", "/ws/chat/", "/ws/chat/lobby", "/ws/chat/a/b/", "/chat/lobby/", "/"]) {
    assert.equal((await sendHandshake(lobby.origin, path)).status, 404, path);
  }
});

test("every encoding of an address leads to the same room", async (t) => {
  const urls = ["/ws/chat/로비/", PATH, PATH.toLowerCase(), `${PATH}?token=1`].map((path) => lobby.wsOrigin + path);
  const clients = await Promise.all(urls.map((url) => PlainClient.open(t, url)));
  clients[0]?.say("to all");
  for (const client of clients) {
    const { message, room } = await client.next();
    assert.deepEqual([message, room], ["to all", "로비"]);
  }
});

test("a closing server closes every connection with 1012", async (t) => {
  const closing = await startTestLobby(t);
  const clients = await Promise.all(
    ["a", "b"].map((room) => PlainClient.open(t, `${closing.wsOrigin}/ws/chat/${room}/`)),
  );
  await closing.close();
  for (const client of clients)
    assert.deepEqual(await client.ended(), { code: 1012, reason: "The server is restarting" });
  await assert.rejects(fetch(closing.origin));
});
