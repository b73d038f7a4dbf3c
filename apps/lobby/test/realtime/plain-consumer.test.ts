import assert from "node:assert/strict";
import { after, test, type TestContext } from "node:test";
import { Peer } from "../support/peer.ts";
import { startTestLobby } from "../support/test-lobby.ts";
import { Visitor } from "../support/visitor.ts";

const lobby = await startTestLobby({ after });

/** Opens a room; what is not a letter or digit is encoded. */
function enter(t: TestContext, room: string, headers: Readonly<Record<string, string>> = {}): Promise<Peer> {
  return Peer.open(t, `${lobby.wsOrigin}/ws/chat/${encodeURIComponent(room)}/`, headers);
}

test("everybody in the room gets what is said, the one who said it included, and another room does not", async (t) => {
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

test("when many talk at once, every member sees every message once, in the order of the numbers", async (t) => {
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

test("whoever comes later hears what is said from then on, and whoever leaves is not missed", async (t) => {
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

test("names that look alike are different rooms", async (t) => {
  const names = ["a b", "a-b", "a_b", "a+b", "A-b", "a%20b", "50%", "👩‍👩‍👧‍👦", "👩👩👧👦"];
  const peers = await Promise.all(names.map((name) => enter(t, name)));
  for (const [index, peer] of peers.entries()) peer.say(`from ${index}`);
  for (const [index, peer] of peers.entries()) {
    const { room, message, seq } = await peer.next();
    assert.deepEqual([room, message, seq], [names[index], `from ${index}`, 1]);
    assert.deepEqual(peer.rest, []);
  }
});

test("the author is who the cookie says, in every room", async (t) => {
  const mina = new Visitor(lobby.origin);
  const id = await mina.id();
  for (const room of ["one", "two"]) {
    const peer = await enter(t, room, mina.headers);
    peer.say("hi");
    assert.equal((await peer.next()).author?.id, id);
  }
});

test("a new nickname shows in the next message, on a connection that was open before", async (t) => {
  const mina = new Visitor(lobby.origin);
  await mina.id();
  const peer = await enter(t, "names", mina.headers);
  peer.say("one");
  assert.match((await peer.next()).author?.name ?? "", /^Guest /);
  await mina.rename({ nickname: "미나", room: "names" });
  peer.say("two");
  assert.equal((await peer.next()).author?.name, "미나");
});

test("a guest is named in the language of the one who speaks", async (t) => {
  const peer = await enter(t, "guests", { "accept-language": "ko" });
  peer.say("안녕");
  assert.match((await peer.next()).author?.name ?? "", /^손님 [\da-f]{4}$/);
});

test("a message is said as it was written, in NFC", async (t) => {
  const peer = await enter(t, "texts");
  for (const [sent, said] of [
    [" tabs\tand\r\nlines\n", " tabs\tand\r\nlines\n"],
    ["각".normalize("NFD"), "각"],
    ["<b>&amp;", "<b>&amp;"],
    ["a\u2028b", "a\u2028b"],
    ["half a pair \ud83d", "half a pair \ufffd"],
    ["👋".repeat(4_000), "👋".repeat(4_000)],
    ["각".normalize("NFD").repeat(4_000), "각".repeat(4_000)],
  ] as const) {
    peer.say(sent);
    assert.equal((await peer.next()).message, said);
  }
});

test("a message of the greatest length fits into one frame, however it is composed and escaped", async (t) => {
  const peer = await enter(t, "lengths");
  for (const character of ["👋", "각", "ᾂ"]) {
    const units = character.normalize("NFD").split("");
    const escaped = units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    peer.send(`{"message": "${escaped.repeat(4_000)}"}`);
    assert.equal((await peer.next()).message, character.repeat(4_000));
  }
});

test("the id that a client gives a message comes back to everybody, and no other message gets one", async (t) => {
  const [mina, jun] = [await enter(t, "ids"), await enter(t, "ids")];
  mina.send('{"message": "hi", "id": "안녕-1"}');
  mina.say("hi");
  mina.send('{"message": "hi", "id": "안녕-1"}');
  for (const peer of [mina, jun]) {
    const frames = await peer.take(3);
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

test("a refusal names the message by the id that its client gave it", async (t) => {
  const peer = await enter(t, "refused ids");
  peer.send('{"message": "", "id": "empty"}');
  peer.say("");
  const [first, second] = await peer.take(2);
  assert.deepEqual([first?.error?.code, first?.id], ["LOBBY_MESSAGE_EMPTY", "empty"]);
  assert.deepEqual(Object.keys(second ?? {}), ["error"]);
});

test("fields that the protocol does not know are passed over", async (t) => {
  const peer = await enter(t, "fields");
  peer.send('{"message": "hi", "seq": 99, "author": {"id": "root"}, "__proto__": {"room": "x"}}');
  const { message, seq, room, author } = await peer.next();
  assert.deepEqual([message, seq, room], ["hi", 1, "fields"]);
  assert.notEqual(author?.id, "root");
});
