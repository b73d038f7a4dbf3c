import assert from "node:assert/strict";
import { after, test } from "node:test";
import { attributesOf, textsOf } from "../../support/html.ts";
import { PlainClient } from "../../support/plain-client.ts";
import { startTestLobby } from "../../support/test-lobby.ts";
import { TestVisitor } from "../../support/test-visitor.ts";

const lobby = await startTestLobby({ after });

const ROOM = `"><img src=x onerror=alert(1)><script>'&amp;`;
const NICKNAME = `<b onclick="alert('2')">&amp;`;
const MESSAGES = [
  "<script>alert(3)</script>",
  `</p></li></ol><img src="x" onerror='alert(4)'>`,
  "&lt;b&gt; &amp;amp; &#39;",
  "{{constructor}} ${4} <!-- -->",
];

test("HTML in a message, a nickname or a room name appears as text in elements, attributes and the title", async (t) => {
  const mina = new TestVisitor(lobby.origin);
  const path = `/chat/${encodeURIComponent(ROOM)}/`;
  await mina.id();
  const renamed = await mina.rename({ nickname: NICKNAME, room: ROOM });
  assert.equal(renamed.headers.get("location"), path);
  const client = await PlainClient.open(t, `${lobby.wsOrigin}/ws${path}`, mina.headers);
  for (const message of MESSAGES) {
    client.say(message);
    assert.equal((await client.next()).message, message);
  }

  const room = await mina.html(path);
  assert.deepEqual(textsOf(room, /title>/), [`${ROOM} · Lobby`]);
  assert.deepEqual(textsOf(room, /h1>/), [ROOM]);
  assert.deepEqual(attributesOf(room, "data-room"), [ROOM]);
  assert.deepEqual(attributesOf(room, "value"), [NICKNAME, ROOM]);
  assert.deepEqual(textsOf(room, /button id="my-name"/), [NICKNAME]);
  assert.deepEqual(
    textsOf(room, /b class="author"><bdi/),
    Array.from(MESSAGES, () => NICKNAME),
  );
  assert.deepEqual(textsOf(room, /p class="text" dir/), MESSAGES);

  const index = await mina.html("/chat/");
  assert.deepEqual(textsOf(index, /bdi>/), [ROOM]);

  for (const html of [room, index]) {
    assert.deepEqual(html.match(/<(?:script|img|b onclick)[^>]*/g), [
      `<script type="module" src="${attributesOf(html, "src")[0]}"`,
    ]);
  }
});

test("an error page does not repeat the address", async () => {
  const visitor = new TestVisitor(lobby.origin);
  for (const path of ["/%3Cscript%3E", "/chat/%3Cscript%3E%2F/", `/chat/?room=${encodeURIComponent("<script>/")}`]) {
    assert.doesNotMatch(await visitor.html(path), /<script>|&lt;script|%3Cscript/i);
  }
});
