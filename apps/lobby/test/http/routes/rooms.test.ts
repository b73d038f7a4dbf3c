import assert from "node:assert/strict";
import { after, test, type TestContext } from "node:test";
import { attributesOf, textsOf } from "../../support/html.ts";
import { PlainClient } from "../../support/plain-client.ts";
import { startTestLobby, type TestLobby } from "../../support/test-lobby.ts";
import { TestVisitor } from "../../support/test-visitor.ts";

const lobby = await startTestLobby({ after }, "--limits", "off");

async function say(t: TestContext, server: TestLobby, room: string, messages: readonly string[]): Promise<void> {
  const client = await PlainClient.open(t, `${server.wsOrigin}/ws/chat/${encodeURIComponent(room)}/`);
  for (const message of messages) {
    client.say(message);
    await client.next();
  }
}

test("the root and addresses without a final slash redirect", async () => {
  const mina = new TestVisitor(lobby.origin);
  for (const [path, status, location] of [
    ["/", 302, "/chat/"],
    ["/chat", 308, "/chat/"],
    ["/chat?room=%EB%A1%9C%EB%B9%84", 308, "/chat/?room=%EB%A1%9C%EB%B9%84"],
    ["/chat/lobby", 308, "/chat/lobby/"],
    ["/chat/%EB%A1%9C%EB%B9%84", 308, "/chat/%EB%A1%9C%EB%B9%84/"],
    ["/chat/lobby?a=b", 308, "/chat/lobby/?a=b"],
  ] as const) {
    const response = await mina.fetch(path);
    assert.deepEqual([response.status, response.headers.get("location")], [status, location], path);
  }
});

test("a name from the index redirects to its room", async () => {
  const mina = new TestVisitor(lobby.origin);
  for (const [typed, location] of [
    ["lobby", "/chat/lobby/"],
    ["로비", "/chat/%EB%A1%9C%EB%B9%84/"],
    ["로비".normalize("NFD"), "/chat/%EB%A1%9C%EB%B9%84/"],
    ["a b", "/chat/a%20b/"],
    ["50%", "/chat/50%25/"],
    ["https:evil.example", "/chat/https%3Aevil.example/"],
    ["\\\\evil.example", "/chat/%5C%5Cevil.example/"],
  ] as const) {
    const response = await mina.fetch(`/chat/?room=${encodeURIComponent(typed)}`);
    assert.deepEqual([response.status, response.headers.get("location")], [303, location], typed);
  }
});

test("a decomposed name redirects to the composed one", async () => {
  const response = await new TestVisitor(lobby.origin).fetch(`/chat/${"로비".normalize("NFD")}/`);
  assert.deepEqual([response.status, response.headers.get("location")], [308, "/chat/%EB%A1%9C%EB%B9%84/"]);
});

test("the index has the field and the button of the tutorial", async () => {
  const html = await new TestVisitor(lobby.origin).html("/chat/");
  assert.match(html, /<form id="room-form" method="get" action="\/chat\/">/);
  assert.match(html, /<input\s+id="room-name-input"\s+name="room"\s+type="text"/);
  assert.match(html, /<input id="room-name-submit" type="submit"/);
});

test("the index lists the visitor's own rooms first, then rooms with more speakers, and makes no identity", async (t) => {
  const fresh = await startTestLobby(t);
  const mina = new TestVisitor(fresh.origin);
  await mina.id();
  const hers = await PlainClient.open(t, `${fresh.wsOrigin}/ws/chat/mine/`, mina.headers);
  hers.say("hi");
  await hers.next();
  for (const room of ["busy", "busy", "later"]) await say(t, fresh, room, ["hi"]);
  assert.deepEqual(textsOf(await mina.html("/chat/"), /bdi>/), ["mine", "busy", "later"]);
  const stranger = await new TestVisitor(fresh.origin).fetch("/chat/");
  assert.deepEqual(textsOf(await stranger.text(), /bdi>/), ["busy", "later", "mine"]);
  assert.deepEqual(stranger.headers.getSetCookie(), []);
  const forged = new TestVisitor(fresh.origin, { cookie: "lobby_guest=x.1.y" });
  assert.deepEqual(textsOf(await forged.html("/chat/"), /bdi>/), ["busy", "later", "mine"]);
});

test("the index lists rooms with messages, the most recently used one first", async (t) => {
  const fresh = await startTestLobby(t);
  const mina = new TestVisitor(fresh.origin);
  assert.match(await mina.html("/chat/"), /Nobody has said anything yet/);
  await say(t, fresh, "정원", ["one"]);
  await say(t, fresh, "a b", ["one", "two"]);
  await mina.fetch("/chat/silent/");
  const html = await mina.html("/chat/");
  assert.deepEqual(textsOf(html, /bdi>/), ["a b", "정원"]);
  assert.deepEqual(
    attributesOf(html, "href").filter((href) => /^\/chat\/./.test(href)),
    ["/chat/a%20b/", "/chat/%EC%A0%95%EC%9B%90/"],
  );
  assert.match(html, /2 messages · <time datetime="\d{4}-/);
  assert.match(html, /1 message · /);
});

test("a room's page contains the messages before any script runs", async (t) => {
  await say(t, lobby, "history", ["first\nline", "둘째"]);
  const html = await new TestVisitor(lobby.origin).html("/chat/history/");
  assert.deepEqual(textsOf(html, /p class="text" dir/), ["first\nline", "둘째"]);
  assert.deepEqual(attributesOf(html, "data-seq"), ["1", "2"]);
  assert.match(textsOf(html, /b class="author"><bdi/)[0] ?? "", /^Guest [\da-f]{4}$/);
  assert.equal([...html.matchAll(/<time datetime="\d{4}-\d\d-\d\dT[\d:.]+Z">/g)].length, 2);
});

test("a room's page shows its last 50 messages, oldest first", async (t) => {
  const messages = Array.from({ length: 53 }, (_, index) => `message ${index + 1}`);
  await say(t, lobby, "long", messages);
  const html = await new TestVisitor(lobby.origin).html("/chat/long/");
  const last = Array.from({ length: 50 }, (_, index) => index + 4);
  assert.deepEqual(attributesOf(html, "data-seq"), last.map(String));
  assert.deepEqual(textsOf(html, /p class="text" dir/), messages.slice(3));
});

for (const character of ["&", '"', "힣", "🎉", "x", "\n"]) {
  test(`a room's page has at most 64 KB when its messages are long rows of ${JSON.stringify(character)}`, async (t) => {
    const messages = Array.from({ length: 12 }, (_, index) => `${index + 1}${character.repeat(3_997)}.`);
    const room = `long ${character.codePointAt(0)}`;
    await say(t, lobby, room, messages);
    const html = await new TestVisitor(lobby.origin).html(`/chat/${room}/`);
    assert.ok(Buffer.byteLength(html) <= 64_000, `${Buffer.byteLength(html)} bytes`);
    const shown = textsOf(html, /p class="text" dir/);
    assert.deepEqual(shown, messages.slice(-shown.length));
    const all = Buffer.byteLength(html) / shown.length;
    assert.ok(shown.length >= 1 && Buffer.byteLength(html) + all > 49_152, "the page has as many messages as fit");
  });
}

test("a room's page and the index are sent once, and again only when they have changed", async (t) => {
  await say(t, lobby, "same", ["one"]);
  const mina = new TestVisitor(lobby.origin);
  for (const path of ["/chat/same/", "/chat/"]) {
    const first = await mina.fetch(path);
    const tag = first.headers.get("etag") ?? "";
    assert.match(tag, /^"[\w-]{27}"$/);
    const again = await mina.fetch(path, { headers: { "if-none-match": tag } });
    assert.deepEqual([again.status, await again.text()], [304, ""]);
    await say(t, lobby, "same", ["one more"]);
    const changed = await mina.fetch(path, { headers: { "if-none-match": tag } });
    assert.deepEqual([changed.status, changed.headers.get("etag") === tag], [200, false]);
  }
  const forOthers = await new TestVisitor(lobby.origin).fetch("/chat/same/", {
    headers: { "if-none-match": (await mina.fetch("/chat/same/")).headers.get("etag") ?? "" },
  });
  assert.equal(forOthers.status, 200);
});

test("the visitor's own messages are marked", async (t) => {
  const mina = new TestVisitor(lobby.origin);
  const id = await mina.id();
  const client = await PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/mine/`, mina.headers);
  client.say("hi");
  await client.next();
  const item = (await mina.html("/chat/mine/")).match(/<li class="([^"]*)" data-seq="1" data-author="([^"]*)">/);
  assert.deepEqual([item?.[1], item?.[2]], ["message mine", id]);
  assert.doesNotMatch(await new TestVisitor(lobby.origin).html("/chat/mine/"), /class="message mine"/);
});

test("an unknown address gets a page with status 404", async () => {
  for (const path of ["/nothing", "/chat/a/b", "/chat/a/b/", "/ws", "/ws/", "/ws/chat/", "/favicon.ico", "//chat/a/"]) {
    const response = await new TestVisitor(lobby.origin).fetch(path);
    assert.equal(response.status, 404, path);
    assert.match(await response.text(), /<h1>Nothing here<\/h1>\s*<p>There is nothing at this address\.<\/p>/);
  }
});

test("pages are in the browser's language", async () => {
  for (const [header, tag, title, guest, missing] of [
    ["ko-KR,ko;q=0.9,en;q=0.8", "ko", "로비", /^손님 /, "이 주소에는 아무것도 없어요."],
    ["en-US,en;q=0.9", "en", "Lobby", /^Guest /, "There is nothing at this address."],
    ["ja", "en", "Lobby", /^Guest /, "There is nothing at this address."],
  ] as const) {
    const visitor = new TestVisitor(lobby.origin, { "accept-language": header });
    const index = await visitor.html("/chat/");
    assert.match(index, new RegExp(`<html lang="${tag}">`));
    assert.deepEqual(textsOf(index, /title>/), [title]);
    assert.match((await visitor.name()) ?? "", guest);
    assert.ok((await visitor.html("/nothing")).includes(missing));
  }
});
