import assert from "node:assert/strict";
import { copyFile, mkdir, readdir, rename, rm, rmdir, truncate, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, test, type TestContext } from "node:test";
import { draft, LOBBY } from "../support/entry-draft.ts";
import { answerTo, assertNotStored, readiness, ready } from "../support/outage.ts";
import { PlainClient } from "../support/plain-client.ts";
import { newDatabaseFile, openBeside, openStore } from "../support/store.ts";
import { startTestLobby, type TestLobby } from "../support/test-lobby.ts";

/** The reason, with the name of the damaged file. */
function overwritten(name: string): string {
  return `Another program has overwritten or truncated ${name}. Stop Lobby, and restore the data folder.`;
}

const RESTORE_FOLDER = "Put the original back, or stop Lobby and restore the folder from a backup.";

/** A server with one message, and a visitor. */
async function start(t: TestContext): Promise<{ lobby: TestLobby; mina: PlainClient; file: string }> {
  const lobby = await startTestLobby(t, "--limits", "off");
  const mina = await PlainClient.open(t, `${lobby.wsOrigin}/ws/chat/${LOBBY}/`);
  await answerTo(mina, "before");
  return { lobby, mina, file: path.join(lobby.folder, "lobby.sqlite") };
}

/** Moves the latest commits from the log into the database, as a backup program may do. */
function checkpoint(t: TestContext, file: string): void {
  const beside = openBeside(t, file);
  beside.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  beside.close();
}

/** Copies a database of the same kind over a file, as `cp` does. */
async function copyOther(file: string, t: TestContext): Promise<void> {
  const other = newDatabaseFile();
  const store = await openStore(t, other);
  for (let count = 0; count < 30; count += 1) await store.append(draft(`other ${count} ${"a".repeat(3_900)}`));
  await store.close();
  await copyFile(other, file);
}

async function statusOf(lobby: TestLobby): Promise<number> {
  const response = await fetch(`${lobby.origin}/chat/${LOBBY}/`);
  await response.text();
  return response.status;
}

describe("messages are refused, not lost, and /readyz says why", { concurrency: 2 }, () => {
  for (const [suffix, name] of [
    ["", "lobby.sqlite"],
    ["-wal", "lobby.sqlite-wal"],
    ["-shm", "lobby.sqlite-shm"],
  ] as const) {
    test(`when ${name} was moved, until it is back`, async (t) => {
      const { lobby, mina, file } = await start(t);
      await rename(file + suffix, `${file}.elsewhere`);
      assertNotStored(await answerTo(mina, "nowhere"));
      const reason = `The file ${name} was deleted or moved. Put the original back, or stop Lobby and restore the data folder.`;
      assert.deepEqual(await readiness(lobby.origin), [503, reason]);
      assert.equal(await statusOf(lobby), 200);

      await rename(`${file}.elsewhere`, file + suffix);
      await ready(lobby.origin);
      assert.equal((await answerTo(mina, "after")).seq, 2);
      assert.deepEqual(
        lobby.errors().map(({ msg }) => msg),
        [`The store refuses changes. ${reason}`],
      );
    });

    test(`when another file is at the place of ${name}`, async (t) => {
      const { lobby, mina, file } = await start(t);
      await copyFile(file + suffix, `${file}.copy`);
      await rename(`${file}.copy`, file + suffix);
      for (let count = 0; count < 3; count += 1) assertNotStored(await answerTo(mina, "nowhere"));
      const reason = `Another file is at the place of ${name}. Put the original back, or stop Lobby and restore the data folder.`;
      assert.deepEqual(await readiness(lobby.origin), [503, reason]);
      assert.equal(lobby.errors().length, 1);
    });
  }

  test("when the whole folder was deleted", async (t) => {
    const { lobby, mina } = await start(t);
    await rm(lobby.folder, { recursive: true });
    assertNotStored(await answerTo(mina, "nowhere"));
    const reason = `The data folder ${lobby.folder} was deleted or moved. ${RESTORE_FOLDER}`;
    assert.deepEqual(await readiness(lobby.origin), [503, reason]);
  });

  test("when the whole folder was moved or another one is at its place, until it is back", async (t) => {
    const { lobby, mina } = await start(t);
    const { folder } = lobby;
    await rename(folder, `${folder}.elsewhere`);
    assertNotStored(await answerTo(mina, "nowhere"));
    const moved = `The data folder ${folder} was deleted or moved. ${RESTORE_FOLDER}`;
    assert.deepEqual(await readiness(lobby.origin), [503, moved]);
    await mkdir(folder);
    const replaced = `Another folder is at the place of the data folder ${folder}. ${RESTORE_FOLDER}`;
    assert.deepEqual(await readiness(lobby.origin), [503, replaced]);
    assert.deepEqual(await readdir(folder), []);

    await rmdir(folder);
    await rename(`${folder}.elsewhere`, folder);
    await ready(lobby.origin);
    assert.equal((await answerTo(mina, "after")).seq, 2);
  });

  for (const [title, change, name = "lobby.sqlite"] of [
    ["the database was emptied", (file) => truncate(file, 0)],
    ["the database was cut", (file) => truncate(file, 8_192)],
    ["the log of commits was emptied", (file) => truncate(`${file}-wal`, 0), "lobby.sqlite-wal"],
    ["a text was written over the database", (file) => writeFile(file, "This is a diary. ".repeat(2_000))],
    ["another database was copied over it", copyOther],
  ] as readonly (readonly [string, (file: string, t: TestContext) => Promise<void>, string?])[]) {
    test(`when ${title}; pages answer with 503, because nothing can be read reliably`, async (t) => {
      const { lobby, mina, file } = await start(t);
      checkpoint(t, file);
      await answerTo(mina, "in the log");
      await change(file, t);
      for (let count = 0; count < 3; count += 1) assertNotStored(await answerTo(mina, "nowhere"));
      assert.deepEqual(await readiness(lobby.origin), [503, overwritten(name)]);
      const page = await fetch(`${lobby.origin}/chat/${LOBBY}/`, { headers: { "accept-language": "ko" } });
      assert.deepEqual([page.status, page.headers.get("retry-after")], [503, "5"]);
      assert.ok((await page.text()).includes("지금은 서버가 내용을 읽지 못하고 있어요."));
      assert.equal(await statusOf(lobby), 503);
      assert.deepEqual(
        lobby.errors().map(({ msg }) => msg),
        [`The store refuses changes. ${overwritten(name)}`, `Cannot read the database. ${overwritten(name)}`],
      );
    });
  }
});

describe("a server continues", { concurrency: 2 }, () => {
  test("when another process reads, writes, checkpoints or vacuums the database through SQLite", async (t) => {
    const { lobby, mina, file } = await start(t);
    for (let count = 2; count <= 20; count += 1) await answerTo(mina, `${count} ${"a".repeat(3_900)}`);
    const beside = openBeside(t, file);
    beside.exec("CREATE TABLE notes (text); INSERT INTO notes VALUES (zeroblob(500000)); DROP TABLE notes;");
    for (const [index, statement] of [
      "PRAGMA wal_checkpoint(PASSIVE)",
      "PRAGMA wal_checkpoint(TRUNCATE)",
      "VACUUM",
      "PRAGMA wal_checkpoint(TRUNCATE)",
      "SELECT count(*) FROM entries",
    ].entries()) {
      beside.exec(statement);
      assert.equal((await answerTo(mina, statement)).seq, 21 + index, statement);
      assert.deepEqual(await readiness(lobby.origin), [200, undefined], statement);
    }
    assert.equal(await statusOf(lobby), 200);
    assert.deepEqual(lobby.errors(), []);
  });

  test("when somebody only touches the files of the database", async (t) => {
    const { lobby, mina, file } = await start(t);
    for (const name of [file, `${file}-wal`, `${file}-shm`]) await utimes(name, 1, 1);
    assert.equal((await answerTo(mina, "after")).seq, 2);
    assert.deepEqual(await readiness(lobby.origin), [200, undefined]);
  });

  test("when its own commits have filled the log many times", async (t) => {
    const file = newDatabaseFile();
    const store = await openStore(t, file);
    for (let round = 0; round < 8; round += 1) {
      await Promise.all(Array.from({ length: 400 }, () => store.append(draft("a".repeat(4_000)))));
    }
    assert.equal(await store.check(), undefined);
  });
});
