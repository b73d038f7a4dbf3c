import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { RefusalCode } from "../src/shared/refusal.ts";
import { phrasesIn } from "../src/locale/languages.ts";
import { sendHandshake } from "./support/send-handshake.ts";
import { attributesOf, textsOf } from "./support/html.ts";
import { PlainClient } from "./support/plain-client.ts";
import { startTestLobby } from "./support/test-lobby.ts";
import { TestVisitor } from "./support/test-visitor.ts";

const lobby = await startTestLobby({ after }, "--limits", "off");

const REFUSED: readonly (readonly [segment: string, code: RefusalCode | "badAddress"])[] = [
  ["", "LOBBY_ROOM_NAME_EMPTY"],
  ["%20", "LOBBY_ROOM_NAME_EMPTY"],
  ["%E3%80%80", "LOBBY_ROOM_NAME_EMPTY"],
  ["%E2%80%8B", "LOBBY_ROOM_NAME_EMPTY"],
  ["%00", "LOBBY_ROOM_NAME_CHARACTERS"],
  ["a%0D%0Ab", "LOBBY_ROOM_NAME_CHARACTERS"],
  ["a%7F", "LOBBY_ROOM_NAME_CHARACTERS"],
  ["a%E2%80%A8b", "LOBBY_ROOM_NAME_CHARACTERS"],
  ["%2F", "LOBBY_ROOM_NAME_CHARACTERS"],
  ["a%2fb", "LOBBY_ROOM_NAME_CHARACTERS"],
  ["..%2f..", "LOBBY_ROOM_NAME_CHARACTERS"],
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
    const { refusals, errors } = phrasesIn(language);
    for (const [segment, code] of REFUSED) {
      const sentence = code === "badAddress" ? errors.badAddress : refusals[code];
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
  for (const [typed, code] of [
    ["", "LOBBY_ROOM_NAME_EMPTY"],
    [" ", "LOBBY_ROOM_NAME_EMPTY"],
    [".", "LOBBY_ROOM_NAME_CHARACTERS"],
    ["..", "LOBBY_ROOM_NAME_CHARACTERS"],
    ["//evil.example", "LOBBY_ROOM_NAME_CHARACTERS"],
    ["a\r\nSet-Cookie: a=b", "LOBBY_ROOM_NAME_CHARACTERS"],
    ["a".repeat(65), "LOBBY_ROOM_NAME_TOO_LONG"],
  ] as const) {
    const response = await new TestVisitor(lobby.origin).fetch(`/chat/?room=${encodeURIComponent(typed)}`);
    assert.equal(response.status, 400, typed);
    assert.ok(textsOf(await response.text(), /p>/).includes(phrasesIn("en").refusals[code]), typed);
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

test("an address with a dot segment is the address without it", async () => {
  const visitor = new TestVisitor(lobby.origin);
  assert.equal((await visitor.fetch("/chat/%2e/")).status, 200);
  assert.equal((await visitor.fetch("/chat/%2e%2e/")).headers.get("location"), "/chat/");
  assert.equal((await sendHandshake(lobby.origin, "/ws/chat/%2e/")).status, 404);
  assert.equal((await sendHandshake(lobby.origin, "/ws/chat/../")).status, 404);
});
