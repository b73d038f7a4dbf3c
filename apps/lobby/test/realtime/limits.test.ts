/** The limits of a running server. The rules themselves are tested beside their code, on a fake clock. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { PlainClient } from "../support/plain-client.ts";
import { sendHandshake } from "../support/send-handshake.ts";
import { startTestLobby, type TestLobby } from "../support/test-lobby.ts";
import { TestVisitor } from "../support/test-visitor.ts";

const FORWARDED = ["--trust-proxy", "127.0.0.1"];

/** Returns the headers of a Korean visitor at an address. */
function koreanAt(address: string): Record<string, string> {
  return { "X-Forwarded-For": address, "Accept-Language": "ko" };
}

function enter(t: TestContext, lobby: TestLobby, room: string, headers?: Record<string, string>): Promise<PlainClient> {
  return PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/${encodeURIComponent(room)}/`, headers);
}

test("of 5,000 messages of one socket, 10 are delivered and every other one gets a typed error with its id", async (t) => {
  const lobby = await startTestLobby(t);
  const mina = await enter(t, lobby, "flood");
  for (let index = 0; index < 5_000; index += 1) mina.send(JSON.stringify({ message: "hi", id: `${index}` }));
  const frames = await mina.take(5_000);
  const refused = frames.filter(({ error }) => error !== undefined);
  // The server may take longer than a second to read them all.
  assert.ok(refused.length >= 4_900 && refused.length <= 4_990, `${refused.length} refusals`);
  for (const { error } of refused) {
    assert.equal(error?.code, "LOBBY_TOO_FAST");
    assert.ok((error?.retryAfterMs ?? 0) > 0 && (error?.retryAfterMs ?? 0) <= 1_000);
  }
  assert.equal(new Set(frames.map(({ id }) => id)).size, 5_000);
  assert.deepEqual(
    frames.slice(0, 10).map(({ error }) => error),
    Array.from({ length: 10 }, () => undefined),
  );
  assert.deepEqual(lobby.errors(), []);
  assert.equal(lobby.log.filter(({ msg }) => msg === "A limit was reached").length, 1);
});

test("a client that ignores 10,000 refusals loses its connection with 1008", async (t) => {
  const lobby = await startTestLobby(t);
  const mina = await enter(t, lobby, "flood");
  const binary = new Uint8Array(1);
  const connection = { isOpen: true };
  const ended = mina.ended().finally(() => (connection.isOpen = false));
  while (connection.isOpen) {
    for (let index = 0; index < 1_000; index += 1) mina.send(index % 2 === 0 ? "not JSON" : binary);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(await ended, { code: 1008, reason: "Too many refused frames" });
  assert.ok(mina.frames.length >= 10_000);
  assert.deepEqual(lobby.errors(), []);
});

test("the eleventh new room of a network gets an error, and all addresses of a /64 are one network", async (t) => {
  const lobby = await startTestLobby(t, ...FORWARDED);
  const say = async (room: number, address: string): Promise<string | undefined> => {
    const client = await enter(t, lobby, `room ${room}`, { "X-Forwarded-For": address });
    client.say("first");
    return (await client.next()).error?.code;
  };
  for (let room = 0; room < 10; room += 1) assert.equal(await say(room, `2001:db8::${room}`), undefined);
  assert.equal(await say(10, "2001:db8::ffff"), "LOBBY_TOO_MANY_ROOMS");
  assert.equal(await say(9, "2001:db8::ffff"), undefined);
  assert.equal(await say(11, "2001:db8:0:1::1"), undefined);
});

test("the 301st new guest who sets a name gets 429 with Retry-After, and reading makes no guest", async (t) => {
  const lobby = await startTestLobby(t);
  for (let index = 0; index < 20; index += 1) await new TestVisitor(lobby.origin).id();
  const rename = (): Promise<Response> =>
    new TestVisitor(lobby.origin, { "Accept-Language": "ko" }).rename(
      { nickname: "새 손님" },
      { Accept: "application/json" },
    );
  let refused: Response | undefined;
  let guests = 0;
  while (refused === undefined) {
    const response = await rename();
    if (response.status === 200) guests += 1;
    else refused = response;
  }
  // Guests continue to arrive at 5 a second meanwhile.
  assert.ok(guests >= 300 && guests < 468, `${guests} guests`);
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "1"]);
  const { error } = (await refused.json()) as { error: { code: string; message: string; retryAfterMs: number } };
  assert.equal(error.code, "LOBBY_TOO_MANY_GUESTS");
  assert.match(error.message, /새 손님이 너무 많이/);
  assert.ok(error.retryAfterMs > 0 && error.retryAfterMs <= 200);
  assert.deepEqual(lobby.errors(), []);
});

test("handshakes above the limit get 429 with Retry-After, before they reach a route, and pages stay free", async (t) => {
  const lobby = await startTestLobby(t, ...FORWARDED);
  let denied = await sendHandshake(lobby.origin, "/ws/nowhere", koreanAt("203.0.113.7"));
  for (let count = 1; denied.status === 404; count += 1) {
    assert.ok(count < 2_000, "no limit");
    denied = await sendHandshake(lobby.origin, "/ws/nowhere", koreanAt("203.0.113.7"));
  }
  assert.deepEqual([denied.status, denied.headers["retry-after"]], [429, "1"]);
  assert.match(denied.body, /너무 많이 접속했어요/);
  const other = await sendHandshake(lobby.origin, "/ws/nowhere", koreanAt("203.0.113.8"));
  assert.equal(other.status, 404);
  assert.equal((await fetch(`${lobby.origin}/chat/lobby/`, { headers: koreanAt("203.0.113.7") })).status, 200);
  assert.deepEqual(lobby.errors(), []);
});

for (const [title, flags, headers] of [
  ["--limits off removes every limit", ["--limits", "off"], {}],
  ["--limits-exempt leaves the limits per person only", ["--limits-exempt", "10.0.0.0/8,127.0.0.0/8"], {}],
  ["a forgotten proxy does not limit all of its visitors together", [], { "X-Forwarded-For": "203.0.113.7" }],
] as const) {
  test(title, async (t) => {
    const lobby = await startTestLobby(t, ...flags);
    for (let room = 0; room < 15; room += 1) {
      const client = await enter(t, lobby, `room ${room}`, headers);
      client.say("hi");
      assert.equal((await client.next()).error, undefined);
    }
    const client = await enter(t, lobby, "room 0", headers);
    for (let count = 0; count < 30; count += 1) client.say("again");
    const refused = (await client.take(30)).filter(({ error }) => error !== undefined);
    assert.equal(refused.length > 0, title !== "--limits off removes every limit");
  });
}

test("--trust-proxy exempts nobody", async (t) => {
  const lobby = await startTestLobby(t, ...FORWARDED);
  const codes: (string | undefined)[] = [];
  for (let room = 0; room < 11; room += 1) {
    const client = await enter(t, lobby, `room ${room}`, { "X-Forwarded-For": "192.168.7.7" });
    client.say("hi");
    codes.push((await client.next()).error?.code);
  }
  assert.deepEqual(codes, [...Array.from({ length: 10 }, () => undefined), "LOBBY_TOO_MANY_ROOMS"]);
});
