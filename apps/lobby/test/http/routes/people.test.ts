import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { soon } from "@lobby/test-support/waiting";
import { phrasesIn } from "../../../src/locale/languages.ts";
import { refusalSentence } from "../../../src/locale/phrases.ts";
import { textsOf } from "../../support/html.ts";
import { startTestLobby } from "../../support/test-lobby.ts";
import { TestVisitor } from "../../support/test-visitor.ts";

const lobby = await startTestLobby({ after });
const ACCEPT_JSON = { accept: "application/json" };

test("the form sets the nickname and redirects to the room", async () => {
  const mina = new TestVisitor(lobby.origin);
  await mina.id();
  const response = await mina.rename({ nickname: " 미나 ", room: "로비" });
  assert.deepEqual([response.status, response.headers.get("location")], [303, "/chat/%EB%A1%9C%EB%B9%84/"]);
  assert.equal(await mina.name(), "미나");
});

test("a script receives the normalized nickname as JSON", async () => {
  const mina = new TestVisitor(lobby.origin);
  const response = await mina.rename({ nickname: ` ${"미나".normalize("NFD")}\n` }, ACCEPT_JSON);
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
  assert.deepEqual(await response.json(), { nickname: "미나" });
  assert.equal(await mina.name(), "미나");
});

test("a nickname belongs to one visitor", async () => {
  const mina = new TestVisitor(lobby.origin);
  const jun = new TestVisitor(lobby.origin);
  await mina.rename({ nickname: "Mina" }, ACCEPT_JSON);
  assert.match((await jun.name()) ?? "", /^Guest /);
});

test("a multipart form works too", async () => {
  const mina = new TestVisitor(lobby.origin);
  const body = new FormData();
  body.set("nickname", "Mina");
  body.set("room", "lobby");
  assert.equal((await mina.fetch("/me", { method: "POST", body })).headers.get("location"), "/chat/lobby/");
  assert.equal(await mina.name(), "Mina");
});

test("an invalid nickname is refused in the visitor's language, as a page or as JSON, and changes nothing", async () => {
  for (const [text, code, subject] of [
    ["", "LOBBY_NICKNAME_EMPTY"],
    [" \u200b", "LOBBY_NICKNAME_EMPTY"],
    ["\u2800", "LOBBY_NICKNAME_EMPTY"],
    ["a\0b", "LOBBY_NICKNAME_CHARACTERS", "U+0000 NULL"],
    ["a\u202eb", "LOBBY_NICKNAME_CHARACTERS", "U+202E RIGHT-TO-LEFT OVERRIDE"],
    ["A\u200bdmin", "LOBBY_NICKNAME_INVISIBLE", "U+200B ZERO WIDTH SPACE"],
    ["Mina\u{e0041}", "LOBBY_NICKNAME_INVISIBLE", "U+E0041 TAG"],
    [`a${"\u0301".repeat(32)}`, "LOBBY_NICKNAME_MARKS", "U+0301"],
    ["\u0430DM1N", "LOBBY_NICKNAME_RESERVED", "admin"],
    ["가".repeat(33), "LOBBY_NICKNAME_TOO_LONG"],
  ] as const) {
    for (const language of ["en", "ko"] as const) {
      const visitor = new TestVisitor(lobby.origin, { "accept-language": language });
      const before = await visitor.name();
      const sentence = refusalSentence(phrasesIn(language), { code, subject });
      const page = await visitor.rename({ nickname: text, room: "lobby" });
      assert.equal(page.status, 400);
      assert.ok(textsOf(await page.text(), /p>/).includes(sentence), sentence);
      const script = await visitor.rename({ nickname: text }, ACCEPT_JSON);
      assert.equal(script.status, 400);
      assert.deepEqual(await script.json(), { error: { code, message: sentence } });
      assert.equal(await visitor.name(), before);
    }
  }
});

test("the form redirects to a room and to no other address", async () => {
  const mina = new TestVisitor(lobby.origin);
  const before = await mina.name();
  for (const room of [
    "//evil.example",
    "https://evil.example/",
    "/",
    "..",
    "../..",
    "a\r\nLocation: https://evil.example",
    "",
  ]) {
    const response = await mina.rename({ nickname: "Mina", room });
    assert.deepEqual([response.status, response.headers.get("location")], [400, null], room);
  }
  assert.equal((await mina.rename({ nickname: "Mina" })).status, 400);
  assert.equal(await mina.name(), before);

  for (const [room, location] of [
    ["evil.example", "/chat/evil.example/"],
    ["\\\\evil.example", "/chat/%5C%5Cevil.example/"],
    ["https:evil.example", "/chat/https%3Aevil.example/"],
    ["?next=evil", "/chat/%3Fnext%3Devil/"],
  ] as const) {
    assert.equal((await mina.rename({ nickname: "Mina", room })).headers.get("location"), location);
  }
});

test("a page of another site cannot set a nickname", async () => {
  const mina = new TestVisitor(lobby.origin);
  const before = await mina.name();
  const other = new URL(lobby.origin);
  other.port = "1";
  for (const origin of ["https://evil.example", other.origin, "null", `${lobby.origin}.evil.example`, "rubbish"]) {
    const response = await mina.rename({ nickname: "Mallory", room: "lobby" }, { origin });
    assert.equal(response.status, 403, origin);
    assert.match(await response.text(), /This request came from another site and was refused\./);
  }
  assert.equal(await mina.name(), before);
});

test("Lobby's own pages and clients without an Origin header can set a nickname", async () => {
  const mina = new TestVisitor(lobby.origin);
  assert.equal((await mina.rename({ nickname: "Mina", room: "lobby" }, { origin: lobby.origin })).status, 303);
  assert.equal(await mina.name(), "Mina");
});

test("pages let browsers send the Origin header with the form", async () => {
  const page = await new TestVisitor(lobby.origin).fetch("/chat/lobby/");
  // Under "no-referrer", browsers send `Origin: null`, which the server refuses.
  assert.equal(page.headers.get("referrer-policy"), "same-origin");
});

test("a form that is too large is refused, with and without a Content-Length header", async () => {
  const mina = new TestVisitor(lobby.origin);
  const before = await mina.name();
  const large = `room=lobby&nickname=Mina&padding=${"a".repeat(20_000)}`;
  const type = { "content-type": "application/x-www-form-urlencoded" };
  const chunked: RequestInit = { method: "POST", headers: type, body: new Blob([large]).stream(), duplex: "half" };
  for (const init of [{ method: "POST", headers: type, body: large }, chunked]) {
    const response = await mina.fetch("/me", init);
    assert.equal(response.status, 413);
    assert.match(await response.text(), /This request is too large\./);
  }
  assert.equal(await mina.name(), before);
  assert.deepEqual(lobby.errors(), []);
});

test("a body that is not a form is refused with the form that Lobby expects, and is not an error of the server", async () => {
  const mina = new TestVisitor(lobby.origin);
  for (const [status, type, body] of [
    [400, "multipart/form-data", "rubbish"],
    [400, "multipart/form-data; boundary=x", "--x\r\nrubbish"],
    [415, "application/json", '{"nickname": "Mina"}'],
    [415, "text/plain", "nickname=Mina"],
  ] as const) {
    const response = await mina.fetch("/me", {
      method: "POST",
      body,
      headers: { ...ACCEPT_JSON, "content-type": type },
    });
    assert.equal(response.status, status, type);
    const { error } = (await response.json()) as { readonly error: { readonly message: string } };
    assert.equal(error.message, phrasesIn("en").errors.formExpected);
  }
  assert.deepEqual(lobby.errors(), []);
});

test("a form that never arrives in full is refused in the visitor's language, and is not an error of the server", async () => {
  const { port, hostname } = new URL(lobby.origin);
  for (const type of ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
    for (const [framing, start] of [
      ["Content-Length: 100", "--x\r\nnickname=Mi"],
      ["Content-Length: 100", ""],
      ["Transfer-Encoding: chunked", "5\r\nnick"],
      ["Transfer-Encoding: chunked", "nonsense\r\n"],
    ]) {
      const client = connect(Number(port), hostname);
      await soon(once(client, "connect"), "a connection");
      client.end(
        `POST /me HTTP/1.1\r\nHost: ${hostname}\r\nAccept-Language: ko\r\nContent-Type: ${type}\r\n${framing}\r\n\r\n${start}`,
      );
      const answer = await soon(text(client), "an answer");
      assert.match(answer, /^HTTP\/1\.1 400 /);
      assert.ok(answer.includes(phrasesIn("ko").errors.brokenBody), answer);
    }
  }
  assert.deepEqual(lobby.errors(), []);
});
