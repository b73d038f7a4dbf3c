import assert from "node:assert/strict";
import { after, test, type TestContext } from "node:test";
import { PlainClient } from "../support/plain-client.ts";
import { startTestLobby } from "../support/test-lobby.ts";
import { TestVisitor } from "../support/test-visitor.ts";

const lobby = await startTestLobby({ after }, "--limits", "off");

/** Opens a room. */
function enter(t: TestContext, room: string, headers: Readonly<Record<string, string>> = {}): Promise<PlainClient> {
  return PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/${encodeURIComponent(room)}/`, headers);
}

test("every member of a room, including the author, receives a message, and another room does not", async (t) => {
  const members = await Promise.all(Array.from({ length: 5 }, () => enter(t, "로비")));
  const outsider = await enter(t, "정원");
  const startedAtMs = Date.now();
  members[0]?.say("안녕하세요!");
  const frames = await Promise.all(members.map((member) => member.next()));
  const [{ atMs = 0, author, ...rest } = {}] = frames;
  assert.deepEqual(rest, { message: "안녕하세요!", room: "로비", seq: 1 });
  assert.ok(atMs >= startedAtMs && atMs <= Date.now());
  assert.match(author?.id ?? "", /^[\da-f-]{36}$/);
  assert.equal(author?.name, `Guest ${author?.id.slice(-4)}`);
  for (const frame of frames) assert.deepEqual(frame, frames[0]);

  outsider.say("nobody else here");
  assert.equal((await outsider.next()).message, "nobody else here");
  for (const member of members) assert.deepEqual(member.rest, []);
});

test("every member receives every one of many simultaneous messages once, in the order of their numbers", async (t) => {
  const members = await Promise.all(Array.from({ length: 8 }, () => enter(t, "busy")));
  const rounds = 25;
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, member] of members.entries()) member.say(`${index}: ${round}`);
  }
  const total = members.length * rounds;
  const seen = await Promise.all(members.map((member) => member.take(total)));
  for (const frames of seen) assert.deepEqual(frames, seen[0]);
  const [frames = []] = seen;
  assert.deepEqual(
    frames.map(({ seq }) => seq),
    Array.from({ length: total }, (_, index) => index + 1),
  );
  for (const index of members.keys()) {
    assert.deepEqual(
      frames.map(({ message }) => message).filter((message) => message?.startsWith(`${index}:`)),
      Array.from({ length: rounds }, (_, round) => `${index}: ${round}`),
    );
  }
});

test("a new member receives later messages only, and a room continues after a member has left", async (t) => {
  const mina = await enter(t, "late");
  mina.say("before");
  await mina.next();
  const jun = await enter(t, "late");
  mina.say("after");
  assert.deepEqual(await jun.next(), await mina.next());
  await jun.close();
  mina.say("alone");
  assert.equal((await mina.next()).seq, 3);
});

test("similar names are different rooms", async (t) => {
  const names = ["a b", "a-b", "a_b", "a+b", "A-b", "a%20b", "50%", "👩‍👩‍👧‍👦", "👩👩👧👦"];
  const clients = await Promise.all(names.map((name) => enter(t, name)));
  for (const [index, client] of clients.entries()) client.say(`from ${index}`);
  for (const [index, client] of clients.entries()) {
    const { room, message, seq } = await client.next();
    assert.deepEqual([room, message, seq], [names[index], `from ${index}`, 1]);
    assert.deepEqual(client.rest, []);
  }
});

test("the cookie identifies the author in every room", async (t) => {
  const mina = new TestVisitor(lobby.origin);
  const id = await mina.id();
  for (const room of ["one", "two"]) {
    const client = await enter(t, room, mina.headers);
    client.say("hi");
    assert.equal((await client.next()).author?.id, id);
  }
});

test("a new nickname appears in the next message of an open connection", async (t) => {
  const mina = new TestVisitor(lobby.origin);
  await mina.id();
  const client = await enter(t, "names", mina.headers);
  client.say("one");
  assert.match((await client.next()).author?.name ?? "", /^Guest /);
  await mina.rename({ nickname: "미나", room: "names" });
  client.say("two");
  assert.equal((await client.next()).author?.name, "미나");
});

test("a guest name is in the author's language", async (t) => {
  const client = await enter(t, "guests", { "accept-language": "ko" });
  client.say("안녕");
  assert.match((await client.next()).author?.name ?? "", /^손님 [\da-f]{4}$/);
});

test("members receive the author's text unchanged, in NFC", async (t) => {
  const client = await enter(t, "texts");
  for (const [sent, said] of [
    [" tabs\tand\r\nlines\n", " tabs\tand\r\nlines\n"],
    ["각".normalize("NFD"), "각"],
    ["<b>&amp;", "<b>&amp;"],
    ["a\u2028b", "a\u2028b"],
    ["half a pair \ud83d", "half a pair \ufffd"],
    ["👋".repeat(4_000), "👋".repeat(4_000)],
    ["각".normalize("NFD").repeat(4_000), "각".repeat(4_000)],
  ] as const) {
    client.say(sent);
    assert.equal((await client.next()).message, said);
  }
});

test("the longest message fits into one frame in every normalization form, even with escapes", async (t) => {
  const client = await enter(t, "lengths");
  for (const character of ["👋", "각", "ᾂ"]) {
    const units = character.normalize("NFD").split("");
    const escaped = units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    client.send(`{"message": "${escaped.repeat(4_000)}"}`);
    assert.equal((await client.next()).message, character.repeat(4_000));
  }
});

test("every member receives the id that a client gave its message, and no id otherwise", async (t) => {
  const [mina, jun] = [await enter(t, "ids"), await enter(t, "ids")];
  mina.send('{"message": "hi", "id": "안녕-1"}');
  mina.say("hi");
  mina.send('{"message": "hi", "id": "안녕-1"}');
  for (const client of [mina, jun]) {
    const frames = await client.take(3);
    assert.deepEqual(
      frames.map(({ seq, id }) => [seq, id]),
      [
        [1, "안녕-1"],
        [2, undefined],
        [3, "안녕-1"],
      ],
    );
    assert.deepEqual(
      frames.map((frame) => "id" in frame),
      [true, false, true],
    );
  }
});

test("a refusal contains the id that the client gave the message", async (t) => {
  const client = await enter(t, "refused ids");
  client.send('{"message": "", "id": "empty"}');
  client.say("");
  const [first, second] = await client.take(2);
  assert.deepEqual([first?.error?.code, first?.id], ["LOBBY_MESSAGE_EMPTY", "empty"]);
  assert.deepEqual(Object.keys(second ?? {}), ["error"]);
});

test("unknown fields are ignored", async (t) => {
  const client = await enter(t, "fields");
  client.send('{"message": "hi", "seq": 99, "author": {"id": "root"}, "__proto__": {"room": "x"}}');
  const { message, seq, room, author } = await client.next();
  assert.deepEqual([message, seq, room], ["hi", 1, "fields"]);
  assert.notEqual(author?.id, "root");
});
