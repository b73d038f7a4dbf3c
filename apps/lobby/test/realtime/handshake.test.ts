import assert from "node:assert/strict";
import { after, test } from "node:test";
import { handshake } from "../support/handshake.ts";
import { Peer } from "../support/peer.ts";
import { startTestLobby } from "../support/test-lobby.ts";
import { Visitor } from "../support/visitor.ts";

const lobby = await startTestLobby({ after });
const PATH = "/ws/chat/%EB%A1%9C%EB%B9%84/";

test("a client without a cookie gets one with the handshake, and is the same person with it from then on", async (t) => {
  const { status, headers, socket } = await handshake(lobby.origin, PATH);
  socket?.destroy();
  assert.equal(status, 101);
  const [cookie = "", ...others] = headers["set-cookie"] ?? [];
  assert.deepEqual(others, []);
  assert.match(cookie, /^lobby_guest=[^;]+; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax$/);

  const known = { cookie: cookie.split(";")[0] ?? "" };
  const again = await handshake(lobby.origin, PATH, known);
  again.socket?.destroy();
  assert.deepEqual([again.status, again.headers["set-cookie"]], [101, undefined]);
  const peer = await Peer.open(t, lobby.wsOrigin + PATH, known);
  peer.say("hi");
  assert.equal((await peer.next()).author?.id, await new Visitor(lobby.origin, known).id());
});

test("Lobby's own pages may open a socket, and clients that are no browsers", async () => {
  for (const origin of [lobby.origin, undefined]) {
    const { status, socket } = await handshake(lobby.origin, PATH, { Origin: origin });
    socket?.destroy();
    assert.equal(status, 101, origin);
  }
});

test("pages of other sites are refused before the socket opens, and get no identity", async () => {
  const other = new URL(lobby.origin);
  other.port = "1";
  for (const origin of ["https://evil.example", other.origin, "null", `${lobby.origin}.evil.example`, "file://", ""]) {
    const { status, headers } = await handshake(lobby.origin, PATH, { Origin: origin });
    assert.deepEqual([status, headers["set-cookie"]], [403, undefined], origin);
  }
});

test("with a public address, pages from there are the only ones", async (t) => {
  const behind = await startTestLobby(t, "--public-url", "https://chat.example.com", "--trust-proxy", "127.0.0.1");
  for (const [origin, expected] of [
    ["https://chat.example.com", 101],
    ["http://chat.example.com", 403],
    [behind.origin, 403],
  ] as const) {
    const { status, socket } = await handshake(behind.origin, PATH, { Origin: origin });
    socket?.destroy();
    assert.equal(status, expected, origin);
    const mina = new Visitor(behind.origin, { "x-forwarded-host": "chat.example.com" });
    const renamed = await mina.rename({ nickname: "Mina", room: "lobby" }, { origin });
    assert.equal(renamed.status, expected === 101 ? 303 : 403, origin);
  }
});

test("a request that is no WebSocket is told to be one", async () => {
  for (const path of [PATH, "/ws/chat//", "/ws/chat/%ff/"]) {
    const response = await new Visitor(lobby.origin).fetch(path);
    assert.deepEqual([response.status, response.headers.get("upgrade")], [426, "websocket"], path);
  }
});

test("a socket at an address where nothing is gets 404", async () => {
  for (const path of ["/ws/", "/ws/chat/", "/ws/chat/lobby", "/ws/chat/a/b/", "/chat/lobby/", "/"]) {
    assert.equal((await handshake(lobby.origin, path)).status, 404, path);
  }
});

test("the room is the one of the address, however the client encodes it", async (t) => {
  const urls = ["/ws/chat/로비/", PATH, PATH.toLowerCase(), `${PATH}?token=1`].map((path) => lobby.wsOrigin + path);
  const peers = await Promise.all(urls.map((url) => Peer.open(t, url)));
  peers[0]?.say("to all");
  for (const peer of peers) {
    const { message, room } = await peer.next();
    assert.deepEqual([message, room], ["to all", "로비"]);
  }
});

test("a closing server sends everybody away with 1012", async (t) => {
  const closing = await startTestLobby(t);
  const peers = await Promise.all(["a", "b"].map((room) => Peer.open(t, `${closing.wsOrigin}/ws/chat/${room}/`)));
  await closing.close();
  for (const peer of peers) assert.deepEqual(await peer.ended(), { code: 1012, reason: "The server is restarting" });
  await assert.rejects(fetch(closing.origin));
});
