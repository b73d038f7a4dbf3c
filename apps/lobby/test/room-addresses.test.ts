import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { RefusalCode } from "../src/shared/refusal.ts";
import { phrasesIn } from "../src/locale/languages.ts";
import { refusalSentence } from "../src/locale/phrases.ts";
import { sendHandshake } from "./support/send-handshake.ts";
import { attributesOf, textsOf } from "./support/html.ts";
import { PlainClient } from "./support/plain-client.ts";
import { startTestLobby } from "./support/test-lobby.ts";
import { TestVisitor } from "./support/test-visitor.ts";

const lobby = await startTestLobby({ after }, "--limits", "off");

const REFUSED: readonly (readonly [segment: string, code: RefusalCode | "badAddress", subject?: string])[] = [
  ["", "LOBBY_ROOM_NAME_EMPTY"],
  ["%20", "LOBBY_ROOM_NAME_EMPTY"],
  ["%E3%80%80", "LOBBY_ROOM_NAME_EMPTY"],
  ["%E2%80%8B", "LOBBY_ROOM_NAME_EMPTY"],
  ["%E2%A0%80", "LOBBY_ROOM_NAME_EMPTY"],
  ["%CC%81", "LOBBY_ROOM_NAME_EMPTY"],
  ["%00", "LOBBY_ROOM_NAME_CHARACTERS", "U+0000 NULL"],
  ["a%0D%0Ab", "LOBBY_ROOM_NAME_CHARACTERS", "U+000D CARRIAGE RETURN"],
  ["a%7F", "LOBBY_ROOM_NAME_CHARACTERS", "U+007F DELETE"],
  ["a%E2%80%A8b", "LOBBY_ROOM_NAME_CHARACTERS", "U+2028 LINE SEPARATOR"],
  ["%2F", "LOBBY_ROOM_NAME_CHARACTERS", '"/" (U+002F)'],
  ["a%2fb", "LOBBY_ROOM_NAME_CHARACTERS", '"/" (U+002F)'],
  ["..%2f..", "LOBBY_ROOM_NAME_CHARACTERS", '"/" (U+002F)'],
  ["a%EF%A3%BFb", "LOBBY_ROOM_NAME_CHARACTERS", "U+F8FF PRIVATE USE"],
  ["lobby%C2%AD", "LOBBY_ROOM_NAME_INVISIBLE", "U+00AD SOFT HYPHEN"],
  ["A%E2%80%8Bdmin", "LOBBY_ROOM_NAME_INVISIBLE", "U+200B ZERO WIDTH SPACE"],
  ["a%E2%80%8Db", "LOBBY_ROOM_NAME_INVISIBLE", "U+200D ZERO WIDTH JOINER"],
  ["%E3%85%A4a", "LOBBY_ROOM_NAME_INVISIBLE", "U+3164 HANGUL FILLER"],
  [`a${"%CC%81".repeat(31)}`, "LOBBY_ROOM_NAME_MARKS", "U+0301"],
  [`a${"%CC%81".repeat(2_000)}`, "LOBBY_ROOM_NAME_TOO_LONG"],
  ["a".repeat(65), "LOBBY_ROOM_NAME_TOO_LONG"],
  [encodeURIComponent("로".repeat(65)), "LOBBY_ROOM_NAME_TOO_LONG"],
  [encodeURIComponent("👋".repeat(65)), "LOBBY_ROOM_NAME_TOO_LONG"],
  ["%ff", "badAddress"],
  ["%C0%AF", "badAddress"],
  ["%ED%A0%80", "badAddress"],
  ["%EB%A1", "badAddress"],
];

for (const language of ["en", "ko"] as const) {
  test(`the page and the socket refuse an invalid room name with the same sentence (${language})`, async () => {
    const phrases = phrasesIn(language);
    for (const [segment, code, subject] of REFUSED) {
      const sentence = code === "badAddress" ? phrases.errors.badAddress : refusalSentence(phrases, { code, subject });
      const visitor = new TestVisitor(lobby.origin, { "accept-language": language });
      const page = await visitor.fetch(`/chat/${segment}/`);
      assert.equal(page.status, 400, segment);
      assert.ok(textsOf(await page.text(), /p>/).includes(sentence), segment);
      const socket = await sendHandshake(lobby.origin, `/ws/chat/${segment}/`, { "Accept-Language": language });
      assert.deepEqual([socket.status, socket.body], [400, `${sentence}\n`], segment);
      assert.deepEqual([page.headers.getSetCookie(), socket.headers["set-cookie"]], [[], undefined], segment);
    }
  });
}

test("the index refuses an invalid room name", async () => {
  for (const [typed, code, subject] of [
    ["", "LOBBY_ROOM_NAME_EMPTY"],
    [" ", "LOBBY_ROOM_NAME_EMPTY"],
    [".", "LOBBY_ROOM_NAME_CHARACTERS"],
    ["..", "LOBBY_ROOM_NAME_CHARACTERS"],
    ["//evil.example", "LOBBY_ROOM_NAME_CHARACTERS", '"/" (U+002F)'],
    ["a\r\nSet-Cookie: a=b", "LOBBY_ROOM_NAME_CHARACTERS", "U+000D CARRIAGE RETURN"],
    ["a".repeat(65), "LOBBY_ROOM_NAME_TOO_LONG"],
  ] as const) {
    const response = await new TestVisitor(lobby.origin).fetch(`/chat/?room=${encodeURIComponent(typed)}`);
    assert.equal(response.status, 400, typed);
    const sentence = refusalSentence(phrasesIn("en"), { code, subject });
    assert.ok(textsOf(await response.text(), /p>/).includes(sentence), typed);
  }
});

test("every valid room name works on the page and on the socket", async (t) => {
  for (const name of [
    "로비",
    "a b",
    "a-b",
    "👋",
    "👩‍👩‍👧‍👦",
    "50%",
    "%41",
    "a+b",
    "a\\b",
    "a;b=c",
    "a?b#c",
    '"',
    "...",
    "__proto__",
    "👋".repeat(64),
  ]) {
    const segment = encodeURIComponent(name);
    const page = await new TestVisitor(lobby.origin).fetch(`/chat/${segment}/`);
    assert.equal(page.status, 200, name);
    assert.deepEqual(attributesOf(await page.text(), "data-room"), [name]);
    const client = await PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/${segment}/`);
    client.say(`in ${name}`);
    const { room, seq } = await client.next();
    assert.deepEqual([room, seq], [name, 1]);
    assert.deepEqual(textsOf(await new TestVisitor(lobby.origin).html(`/chat/${segment}/`), /p class="text" dir/), [
      `in ${name}`,
    ]);
  }
});

test("a percent sign without an escape stands for itself, because browsers send it so", async (t) => {
  const page = await new TestVisitor(lobby.origin).fetch("/chat/100%/");
  assert.equal(page.status, 200);
  assert.deepEqual(attributesOf(await page.text(), "data-room"), ["100%"]);
  const plain = await PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/100%/`);
  const encoded = await PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/100%25/`);
  plain.say("to both");
  assert.deepEqual(await encoded.next(), await plain.next());
});

test("composed and decomposed names are the same room on the socket", async (t) => {
  const composed = await PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/각/`);
  const decomposed = await PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/${"각".normalize("NFD")}/`);
  decomposed.say("to both");
  const frame = await composed.next();
  assert.equal(frame.room, "각");
  assert.deepEqual(await decomposed.next(), frame);
});

test("a name with white space at its ends, or with more than one space, redirects to the room", async () => {
  for (const [segment, canonical] of [
    ["%20lobby%20", "lobby"],
    ["lobby%E3%80%80", "lobby"],
    ["a%20%20b", "a%20b"],
    [`%20${encodeURIComponent("각".normalize("NFD"))}`, encodeURIComponent("각")],
  ] as const) {
    const response = await new TestVisitor(lobby.origin).fetch(`/chat/${segment}/`);
    assert.deepEqual([response.status, response.headers.get("location")], [308, `/chat/${canonical}/`], segment);
  }
});

test("a name with white space at its ends is the room without it on the socket", async (t) => {
  const plain = await PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/trimmed/`);
  const padded = await PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/%20trimmed%C2%A0/`);
  padded.say("to both");
  assert.equal((await plain.next()).room, "trimmed");
  assert.deepEqual(plain.rest, []);
});

for (const language of ["en", "ko"] as const) {
  test(`the page and the socket refuse a new room that looks like an open one, and name it (${language})`, async (t) => {
    const open = `${language} open`;
    const lookalike = encodeURIComponent(open.replace("o", "\u043e"));
    const before = await PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/${lookalike}/`, {
      "accept-language": language,
    });
    const client = await PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/${encodeURIComponent(open)}/`);
    client.say("hi");
    await client.next();

    const code = "LOBBY_ROOM_NAME_CONFUSABLE";
    const sentence = refusalSentence(phrasesIn(language), { code, subject: open });
    assert.ok(sentence.includes(`"${open}"`));
    const visitor = new TestVisitor(lobby.origin, { "accept-language": language });
    const page = await visitor.fetch(`/chat/${lookalike}/`);
    const html = await page.text();
    assert.equal(page.status, 409);
    assert.ok(textsOf(html, /p>/).includes(sentence));
    assert.ok(attributesOf(html, "href").includes(`/chat/${encodeURIComponent(open)}/`));
    const socket = await sendHandshake(lobby.origin, `/ws/chat/${lookalike}/`, { "Accept-Language": language });
    assert.deepEqual([socket.status, socket.body], [409, `${sentence}\n`]);

    // A socket that opened before the other room did cannot open the lookalike any more.
    before.send('{"message": "hi", "id": "1"}');
    assert.deepEqual(await before.next(), { error: { code, message: sentence }, id: "1" });
  });
}

test("a room of an earlier version stays at its exact address, even under a name that is invalid today", async (t) => {
  const names = ["old\u00ad", " old ", "old\u2800", "\u043eld", "old  room", `o${"\u0301".repeat(40)}`, "ol\uf8ff"];
  for (const [index, name] of names.entries()) {
    lobby.sql(
      `INSERT INTO rooms (id, name, head, last_at_ms, skeleton) VALUES (${9_000 + index}, '${name}', 0, 0, 'old')`,
    );
  }
  for (const name of names) {
    const segment = encodeURIComponent(name);
    const visitor = new TestVisitor(lobby.origin);
    const client = await PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/${segment}/`);
    client.say("still here");
    assert.equal((await client.next()).room, name);
    const page = await visitor.fetch(`/chat/${segment}/`);
    const html = await page.text();
    assert.equal(page.status, 200, JSON.stringify(name));
    assert.deepEqual(attributesOf(html, "data-room"), [name]);
    assert.deepEqual(textsOf(html, /p class="text" dir/), ["still here"]);
    const renamed = await visitor.rename({ nickname: "Mina", room: name });
    assert.deepEqual([renamed.status, renamed.headers.get("location")], [303, `/chat/${segment}/`]);
  }
  assert.equal((await new TestVisitor(lobby.origin).fetch("/chat/0ld%C2%AD/")).status, 400);
});

test("an address with a dot segment is the address without it", async () => {
  const visitor = new TestVisitor(lobby.origin);
  assert.equal((await visitor.fetch("/chat/%2e/")).status, 200);
  assert.equal((await visitor.fetch("/chat/%2e%2e/")).headers.get("location"), "/chat/");
  assert.equal((await sendHandshake(lobby.origin, "/ws/chat/%2e/")).status, 404);
  assert.equal((await sendHandshake(lobby.origin, "/ws/chat/../")).status, 404);
});
