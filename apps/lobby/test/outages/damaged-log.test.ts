import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, fstatSync, openSync, readFileSync, statSync, utimesSync, writeSync } from "node:fs";
import path from "node:path";
import { describe, test, type TestContext } from "node:test";
import { draft, LOBBY } from "../support/entry-draft.ts";
import { answerTo, assertNotStored, readiness, ready } from "../support/outage.ts";
import { PlainClient } from "../support/plain-client.ts";
import { newDatabaseFile, openStore } from "../support/store.ts";
import { startTestLobby, type TestLobby } from "../support/test-lobby.ts";

const FRAME_BYTES = 24 + 4_096;

const REASON =
  "Another program has overwritten or truncated lobby.sqlite-wal. Stop Lobby, and restore the data folder.";

/** A server with 20 messages in its log, and a visitor. */
async function start(t: TestContext): Promise<{ lobby: TestLobby; mina: PlainClient; file: string }> {
  const lobby = await startTestLobby(t, "--limits", "off");
  const mina = await PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/${LOBBY}/`);
  for (let count = 1; count <= 20; count += 1) await answerTo(mina, `${count} ${"a".repeat(3_000)}`);
  return { lobby, mina, file: path.join(lobby.folder, "lobby.sqlite") };
}

/** Writes bytes into a file, as `dd conv=notrunc` does, again until the clock of the file system has moved on. */
function overwrite(file: string, bytes: Buffer, position: number): void {
  const handle = openSync(file, "r+");
  const { ctimeNs } = fstatSync(handle, { bigint: true });
  do writeSync(handle, bytes, 0, bytes.length, position);
  while (fstatSync(handle, { bigint: true }).ctimeNs === ctimeNs);
  closeSync(handle);
}

/** Commits and restarts of the log. */
const CHANGES = `
  db.exec("PRAGMA synchronous = OFF; CREATE TABLE notes (text)");
  for (let count = 0; count < 300; count += 1) {
    db.exec("INSERT INTO notes VALUES (zeroblob(20000))");
    if (count % 10 === 0) db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }`;

/** Returns a program that runs a script with the open database `db`. */
function programOn(file: string, script: string): string {
  return `const { DatabaseSync } = require("node:sqlite");
    const file = ${JSON.stringify(file)}; const db = new DatabaseSync(file, { timeout: 5000 }); ${script}`;
}

/** Runs a script with the open database `db` in another process. */
function runBeside(file: string, script: string): void {
  const { status, stderr } = spawnSync(process.execPath, ["-e", programOn(file, script)]);
  assert.equal(status, 0, stderr.toString());
}

describe("nothing is acknowledged, and /readyz says why", { concurrency: 2 }, () => {
  for (const [title, damage] of [
    ["the header of the log was overwritten", (log) => overwrite(log, Buffer.alloc(32, 0xa5), 0)],
    [
      "only the salt of the log was overwritten",
      (log) => overwrite(log, Buffer.alloc(1, readFileSync(log).readUInt8(16) ^ 1), 16),
    ],
    [
      "a page in the middle of the log was overwritten",
      (log) => overwrite(log, Buffer.alloc(64, 0xa5), 32 + 9 * FRAME_BYTES + 500),
    ],
    [
      "the header of a page in the log was overwritten",
      (log) => overwrite(log, Buffer.alloc(24, 0xa5), 32 + 9 * FRAME_BYTES),
    ],
    ["the log was overwritten with zeros", (log) => overwrite(log, Buffer.alloc(statSync(log).size), 0)],
    [
      "the log and its index were overwritten with zeros",
      (log) => {
        const index = log.replace(/-wal$/, "-shm");
        overwrite(index, Buffer.alloc(statSync(index).size), 0);
        overwrite(log, Buffer.alloc(statSync(log).size), 0);
      },
    ],
  ] as readonly (readonly [string, (log: string) => void])[]) {
    test(`when ${title}, until the original bytes are back`, async (t) => {
      const { lobby, mina, file } = await start(t);
      const log = `${file}-wal`;
      const original = readFileSync(log);
      damage(log);
      for (let count = 0; count < 3; count += 1) assertNotStored(await answerTo(mina, "nowhere"));
      assert.deepEqual(await readiness(lobby.origin), [503, REASON]);
      const page = await fetch(`${lobby.origin}/chat/${LOBBY}/`);
      assert.equal(page.status, 503);
      await page.text();
      assert.deepEqual(
        lobby.errors().map(({ msg }) => msg),
        [`The store refuses changes. ${REASON}`, `Cannot read the database. ${REASON}`],
      );

      overwrite(log, original, 0);
      await ready(lobby.origin);
      assert.equal((await answerTo(mina, "after")).seq, 21);
    });

    test(`when ${title}, and only a probe comes`, async (t) => {
      const { lobby, mina, file } = await start(t);
      damage(`${file}-wal`);
      assert.deepEqual(await readiness(lobby.origin), [503, REASON]);
      assertNotStored(await answerTo(mina, "nowhere"));
    });
  }
});

describe("a server continues", { concurrency: 2 }, () => {
  test("when somebody only touches the log, or writes the same bytes again", async (t) => {
    const { lobby, mina, file } = await start(t);
    utimesSync(`${file}-wal`, 1, 1);
    assert.equal((await answerTo(mina, "touched")).seq, 21);
    const log = readFileSync(`${file}-wal`);
    overwrite(`${file}-wal`, log, 0);
    assert.equal((await answerTo(mina, "the same")).seq, 22);
    assert.deepEqual(await readiness(lobby.origin), [200, undefined]);
  });

  for (const [title, script] of [
    ["copies", `require("node:sqlite").backup(db, file + ".copy").then(() => db.close());`],
    [
      "commits to",
      `db.exec("CREATE TABLE notes (text)"); for (let n = 0; n < 50; n += 1) db.exec("INSERT INTO notes VALUES (zeroblob(9000))");`,
    ],
    [
      "commits much and restarts the log of",
      `db.exec("CREATE TABLE notes (text)"); for (let n = 0; n < 40; n += 1) db.exec("INSERT INTO notes VALUES (zeroblob(900000))");`,
    ],
    [
      "begins and undoes a change larger than its memory in",
      `db.exec("PRAGMA cache_size = 5; BEGIN; CREATE TABLE notes (text); INSERT INTO notes VALUES (zeroblob(900000)); ROLLBACK");`,
    ],
    [
      "dies during a change of",
      `db.exec("PRAGMA cache_size = 5; BEGIN; CREATE TABLE notes (text); INSERT INTO notes VALUES (zeroblob(900000))"); process.exit(0);`,
    ],
    ...["PASSIVE", "FULL", "RESTART", "TRUNCATE"].map(
      (mode) => [`makes a ${mode} checkpoint of`, `db.exec("PRAGMA wal_checkpoint(${mode})");`] as const,
    ),
  ] as const) {
    test(`when another process ${title} the database`, async (t) => {
      const { lobby, mina, file } = await start(t);
      for (let round = 0; round < 2; round += 1) {
        runBeside(file, script.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"));
        assert.equal((await answerTo(mina, "after")).seq, 21 + round);
        assert.deepEqual(await readiness(lobby.origin), [200, undefined]);
      }
      assert.deepEqual(lobby.errors(), []);
    });
  }

  test("through 2,000 own commits with checkpoints between them", async (t) => {
    const file = newDatabaseFile();
    const notices: unknown[] = [];
    const store = await openStore(t, file, (notice) => notices.push(notice));
    for (let count = 1; count <= 2_000; count += 1) {
      assert.equal((await store.append(draft("a".repeat(3_000)))).seq, count);
    }
    assert.equal(await store.check(), undefined);
    assert.deepEqual(notices, []);
  });

  test("while another process commits and restarts the log all the time", async (t) => {
    const { lobby, mina, file } = await start(t);
    const beside = spawn(process.execPath, ["-e", programOn(file, CHANGES)], { stdio: "inherit" });
    const exited = once(beside, "exit");
    let seq = 20;
    while (beside.exitCode === null) {
      assert.equal((await answerTo(mina, "meanwhile")).seq, (seq += 1));
      assert.deepEqual(await readiness(lobby.origin), [200, undefined]);
    }
    assert.deepEqual(await exited, [0, null]);
    assert.deepEqual(lobby.errors(), []);
  });
});
