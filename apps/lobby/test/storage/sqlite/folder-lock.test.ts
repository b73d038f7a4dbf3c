import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rename, rmdir, stat, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { FolderLock } from "../../../src/storage/sqlite/folder-lock.ts";
import { openStore } from "../../support/store.ts";

const IN_USE = { code: "LOBBY_DATA_FOLDER_IN_USE" };

const HOLDER = `
  import { FolderLock } from ${JSON.stringify(import.meta.resolve("../../../src/storage/sqlite/folder-lock.ts"))};
  globalThis.lock = new FolderLock(process.argv[1], process.argv[1] + "/lobby.sqlite");
  console.log("locked");
  setInterval(() => {}, 1000);
`;

function lock(folder: string): FolderLock {
  return new FolderLock(folder, path.join(folder, "lobby.sqlite"));
}

test("a lock excludes every other process until it is disposed or its process ends", async () => {
  const folder = temporaryFolder();
  const first = lock(folder);
  assert.throws(() => lock(folder), IN_USE);
  first[Symbol.dispose]();

  const holder = spawn(process.execPath, ["--input-type=module-typescript", "-e", HOLDER, folder]);
  await once(holder.stdout, "data");
  assert.throws(() => lock(folder), IN_USE);
  holder.kill("SIGKILL");
  await once(holder, "exit");
  lock(folder)[Symbol.dispose]();
});

test("two folders have independent locks", () => {
  const first = lock(temporaryFolder());
  lock(temporaryFolder())[Symbol.dispose]();
  first[Symbol.dispose]();
});

test("an unusable lock file gets an error of its own, which differs from that of a locked folder", async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, "lock");
  const refused = (reason: string): object => ({
    code: "LOBBY_LOCK_FILE",
    message: `Cannot lock ${file} (${reason}). Make it writable for this user, or delete it when no Lobby is running.`,
  });
  await mkdir(file);
  assert.throws(() => lock(folder), refused("unable to open database file"));
  await rmdir(file);
  await writeFile(file, "This is a diary. It has many pages, and none of them is a lock. ".repeat(20));
  assert.throws(() => lock(folder), refused("file is not a database"));
});

test("the lock file is for its owner only", async () => {
  const folder = temporaryFolder();
  lock(folder)[Symbol.dispose]();
  assert.equal((await stat(path.join(folder, "lock"))).mode & 0o777, 0o600);
});

test("without its lock file, a folder whose database is open still excludes a second server", async (t) => {
  const folder = temporaryFolder();
  const file = path.join(folder, "lobby.sqlite");
  using held = lock(folder);
  const store = await openStore(t, file);
  await unlink(path.join(folder, "lock"));
  assert.throws(() => lock(folder), {
    ...IN_USE,
    message:
      `Another program has the database ${file} open, such as a Lobby whose file \`lock\` was deleted. ` +
      "Stop it first, or choose another folder with --data.",
  });
  held[Symbol.dispose]();
  await store.close();
  lock(folder)[Symbol.dispose]();
});

test("a lock is renewed when its file was deleted or replaced, and excludes others again", async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, "lock");
  using held = lock(folder);
  assert.equal(held.renew(), false);
  await unlink(file);
  assert.equal(held.renew(), true);
  assert.throws(() => lock(folder), IN_USE);
  await writeFile(`${file}.new`, "");
  await rename(`${file}.new`, file);
  assert.equal(held.renew(), true);
  assert.throws(() => lock(folder), IN_USE);
  assert.equal(held.renew(), false);
});

test("a lock cannot be renewed when another server has the folder by now", async () => {
  const folder = temporaryFolder();
  using held = lock(folder);
  await unlink(path.join(folder, "lock"));
  using other = lock(folder);
  assert.throws(() => held.renew(), IN_USE);
  assert.equal(other.renew(), false);
});
