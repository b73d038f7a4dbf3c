import assert from "node:assert/strict";
import { after, test } from "node:test";
import { messagesIn } from "../../src/locale/messages.ts";
import { textsOf } from "../support/html.ts";
import { startTestLobby } from "../support/test-lobby.ts";
import { Visitor } from "../support/visitor.ts";

const lobby = await startTestLobby({ after });
const JSON_WANTED = { accept: "application/json" };

test("the form sets the nickname and leads back to the room", async () => {
  const mina = new Visitor(lobby.origin);
  await mina.id();
  const response = await mina.rename({ nickname: " 미나 ", room: "로비" });
  assert.deepEqual([response.status, response.headers.get("location")], [303, "/chat/%EB%A1%9C%EB%B9%84/"]);
  assert.equal(await mina.name(), "미나");
});

test("a script gets the nickname as JSON, as it was cleaned", async () => {
  const mina = new Visitor(lobby.origin);
  const response = await mina.rename({ nickname: ` ${"미나".normalize("NFD")}\n` }, JSON_WANTED);
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
  assert.deepEqual(await response.json(), { nickname: "미나" });
  assert.equal(await mina.name(), "미나");
});

test("a nickname belongs to one visitor", async () => {
  const mina = new Visitor(lobby.origin);
  const jun = new Visitor(lobby.origin);
  await mina.rename({ nickname: "Mina" }, JSON_WANTED);
  assert.match((await jun.name()) ?? "", /^Guest /);
});

test("a form of several parts works as well", async () => {
  const mina = new Visitor(lobby.origin);
  const body = new FormData();
  body.set("nickname", "Mina");
  body.set("room", "lobby");
  assert.equal((await mina.fetch("/me", { method: "POST", body })).headers.get("location"), "/chat/lobby/");
  assert.equal(await mina.name(), "Mina");
});

test("a text that is no nickname is refused in the visitor's language, as a page or as JSON, and changes nothing", async () => {
  for (const [text, code] of [
    ["", "LOBBY_NICKNAME_EMPTY"],
    [" \u200b", "LOBBY_NICKNAME_EMPTY"],
    ["a\0b", "LOBBY_NICKNAME_CHARACTERS"],
    ["a\u202eb", "LOBBY_NICKNAME_CHARACTERS"],
    ["가".repeat(33), "LOBBY_NICKNAME_TOO_LONG"],
  ] as const) {
    for (const language of ["en", "ko"] as const) {
      const visitor = new Visitor(lobby.origin, { "accept-language": language });
      const before = await visitor.name();
      const sentence = messagesIn(language).refusals[code];
      const page = await visitor.rename({ nickname: text, room: "lobby" });
      assert.equal(page.status, 400);
      assert.ok(textsOf(await page.text(), /p>/).includes(sentence), sentence);
      const script = await visitor.rename({ nickname: text }, JSON_WANTED);
      assert.equal(script.status, 400);
      assert.deepEqual(await script.json(), { error: { code, message: sentence } });
      assert.equal(await visitor.name(), before);
    }
  }
});

test("a form leads back to a room and nowhere else, whatever it asks for", async () => {
  const mina = new Visitor(lobby.origin);
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
  const mina = new Visitor(lobby.origin);
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

test("Lobby's own pages can, and clients that are no browsers", async () => {
  const mina = new Visitor(lobby.origin);
  assert.equal((await mina.rename({ nickname: "Mina", room: "lobby" }, { origin: lobby.origin })).status, 303);
  assert.equal(await mina.name(), "Mina");
});

test("pages let browsers name their origin when they send the form", async () => {
  const page = await new Visitor(lobby.origin).fetch("/chat/lobby/");
  // "no-referrer" would make it `Origin: null`, which is refused.
  assert.equal(page.headers.get("referrer-policy"), "same-origin");
});

test("a form that is too large is refused, whether it says so first or not", async () => {
  const mina = new Visitor(lobby.origin);
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
});

test("a body that is no form is refused like an empty one, and is no failure of the server", async () => {
  const mina = new Visitor(lobby.origin);
  for (const [type, body] of [
    ["multipart/form-data", "rubbish"],
    ["multipart/form-data; boundary=x", "--x\r\nrubbish"],
    ["application/json", '{"nickname": "Mina"}'],
    ["text/plain", "nickname=Mina"],
  ] as const) {
    const response = await mina.fetch("/me", {
      method: "POST",
      body,
      headers: { ...JSON_WANTED, "content-type": type },
    });
    assert.equal(response.status, 400, type);
    assert.equal(((await response.json()) as { error: { code: string } }).error.code, "LOBBY_NICKNAME_EMPTY");
  }
  assert.deepEqual(lobby.errors(), []);
});
