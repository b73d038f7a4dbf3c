import assert from "node:assert/strict";
import { connect } from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { LOBBY } from "../support/entry-draft.ts";
import { answerTo, assertNotStored, readiness, ready } from "../support/outage.ts";
import { PlainClient } from "../support/plain-client.ts";
import { startTestLobby } from "../support/test-lobby.ts";
import { openBeside } from "../support/store.ts";

const LOCKED = "Another process locks the database. End the process that writes to it.";
const WAITING = "A write has waited for two seconds, for the disk or for another process that locks the database.";

test("while another process locks the database, pages answer, and messages are refused until it ends", async (t) => {
  const lobby = await startTestLobby(t, "--limits", "off");
  const mina = await PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/${LOBBY}/`);
  await answerTo(mina, "before");
  const beside = openBeside(t, path.join(lobby.folder, "lobby.sqlite"));
  beside.exec("BEGIN IMMEDIATE");
  mina.say("too late");
  const pages = await Promise.all(
    ["/chat/", `/chat/${LOBBY}/`, "/chat/other/"].map(async (address) => {
      const response = await fetch(lobby.origin + address);
      return [response.status, (await response.text()).includes(">before<")];
    }),
  );
  assert.deepEqual(pages, [
    [200, false],
    [200, true],
    [200, false],
  ]);
  // The pages came while the message was waiting for the lock.
  assert.deepEqual(mina.rest, []);
  assert.deepEqual(await readiness(lobby.origin), [503, WAITING]);
  assertNotStored(await mina.next());
  assert.deepEqual(await readiness(lobby.origin), [503, LOCKED]);

  beside.exec("ROLLBACK");
  await ready(lobby.origin);
  assert.equal((await answerTo(mina, "after")).seq, 2);
  assert.deepEqual(
    lobby.errors().map(({ msg }) => msg),
    [`The store refuses changes. ${LOCKED}`],
  );
});

test("a client that ends its half of the connection while the database is locked gets 503", async (t) => {
  const lobby = await startTestLobby(t, "--limits", "off");
  const beside = openBeside(t, path.join(lobby.folder, "lobby.sqlite"));
  beside.exec("BEGIN IMMEDIATE");
  const { host, hostname, port } = new URL(lobby.origin);
  const client = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  t.after(() => client.destroy());
  const form = "nickname=Zoe&room=lobby";
  const lines = [
    "POST /me HTTP/1.1",
    `Host: ${host}`,
    `Origin: ${lobby.origin}`,
    "Content-Type: application/x-www-form-urlencoded",
    `Content-Length: ${form.length}`,
  ];
  client.end(`${lines.join("\r\n")}\r\n\r\n${form}`);
  assert.match(await text(client), /^HTTP\/1\.1 503 [^]*Connection: close/i);
});

test("a message that waits for the lock is stored when the other process ends in time", async (t) => {
  const lobby = await startTestLobby(t, "--limits", "off");
  const mina = await PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/${LOBBY}/`);
  const beside = openBeside(t, path.join(lobby.folder, "lobby.sqlite"));
  beside.exec("BEGIN IMMEDIATE");
  mina.say("patient");
  assert.equal((await fetch(`${lobby.origin}/chat/`)).status, 200);
  beside.exec("ROLLBACK");
  assert.equal((await mina.next()).seq, 1);
  assert.deepEqual(lobby.errors(), []);
});
