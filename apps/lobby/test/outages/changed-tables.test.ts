import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { runCommand, startServe } from "../support/lobby-command.ts";
import { PlainClient } from "../support/plain-client.ts";
import { startTestLobby } from "../support/test-lobby.ts";

const CHANGED = "Another program has changed the tables of the database.";

test("after another program has dropped a table, pages and /readyz give the reason with 503, and the log has one line each", async (t) => {
  const lobby = await startTestLobby(t);
  lobby.sql("DROP TABLE entries");
  for (let count = 0; count < 5; count += 1) {
    const page = await fetch(`${lobby.origin}/chat/lobby/`);
    assert.deepEqual([page.status, page.headers.get("retry-after")], [503, "5"]);
  }
  const readiness = await fetch(`${lobby.origin}/readyz`);
  assert.equal(readiness.status, 503);
  assert.ok(((await readiness.json()) as { readonly reason: string }).reason.includes(CHANGED));
  assert.equal(lobby.errors().length, 2);
  assert.ok(lobby.errors().every(({ msg }) => msg.includes(CHANGED)));
});

test("a server does not start without one of its tables", async (t) => {
  const folder = temporaryFolder();
  const { command } = await startServe(t, ["--data", folder]);
  command.signal("SIGTERM");
  await command.ended();
  const database = new DatabaseSync(path.join(folder, "lobby.sqlite"));
  database.exec("DROP TABLE room_speakers");
  database.close();
  const { code, stderr } = await runCommand(["serve", "--port", "0", "--data", folder]);
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot use .+lobby\.sqlite as the database \(no such table: room_speakers\)/);
});

test("a server does not start with an empty database in place of one whose log is damaged", async (t) => {
  const folder = temporaryFolder();
  const { command, wsOrigin } = await startServe(t, ["--data", folder]);
  const mina = await PlainClient.open(t, `${wsOrigin}/ws/chat/lobby/`);
  mina.say("acknowledged");
  await mina.next();
  command.signal("SIGKILL");
  await command.ended();
  const log = path.join(folder, "lobby.sqlite-wal");
  const bytes = readFileSync(log);
  bytes.fill(0xa5, 156, 220);
  writeFileSync(log, bytes);
  const { code, stderr } = await runCommand(["serve", "--port", "0", "--data", folder]);
  assert.equal(code, 1);
  assert.match(stderr, /write-ahead log is damaged.+Restore the data folder from a backup/);
  assert.deepEqual(readFileSync(log), bytes);
});
