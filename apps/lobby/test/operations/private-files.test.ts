import assert from "node:assert/strict";
import { chmod, mkdir, readdir, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { openDataFolder } from "../../src/operations/data-folder.ts";
import { makePrivate } from "../../src/operations/private-files.ts";
import { startTestLobby } from "../support/test-lobby.ts";
import { TestVisitor } from "../support/test-visitor.ts";

async function modes(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(folder)).toSorted();
  const found = names.map(async (name) => [name, ((await stat(path.join(folder, name))).mode & 0o777).toString(8)]);
  return Object.fromEntries(await Promise.all(found)) as Record<string, string>;
}

test("every file of a running server is for its owner only, with any umask", async (t) => {
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const lobby = await startTestLobby(t);
  await new TestVisitor(lobby.origin).rename({ nickname: "Mina", room: "lobby" }, { origin: lobby.origin });
  assert.deepEqual(await modes(lobby.folder), {
    lock: "600",
    "lobby.sqlite": "600",
    "lobby.sqlite-shm": "600",
    "lobby.sqlite-wal": "600",
    secret: "600",
  });
  assert.deepEqual(
    lobby.log.filter(({ level }) => level >= 40),
    [],
  );
});

test("the files of an existing folder become private, with the copies beside them, and one warning names them", async () => {
  const folder = temporaryFolder();
  const first = await openDataFolder(folder);
  const names = ["lobby.sqlite", "lobby.sqlite-wal", "lobby.sqlite.bak", "lock", "secret"];
  for (const name of names) await writeFile(path.join(folder, name), "", { flag: "a" });
  for (const name of names) await chmod(path.join(folder, name), 0o644);
  await writeFile(path.join(folder, "notes.txt"), "");
  await chmod(path.join(folder, "notes.txt"), 0o644);
  await chmod(folder, 0o755);

  const { secret, warnings } = await openDataFolder(folder);
  assert.deepEqual(secret, first.secret);
  assert.deepEqual(warnings, [
    `Other users of this machine could use ${names.join(", ")} in ${folder}. Now only the owner can. ` +
      "If one of them may have read `secret`, delete it and restart: every guest gets a new identity.",
  ]);
  const after = Object.entries(await modes(folder));
  for (const [name, mode] of after) assert.equal(mode, name === "notes.txt" ? "644" : "600", name);
  assert.deepEqual((await openDataFolder(folder)).warnings, []);
});

test("a folder in which others can replace files gets a warning", async () => {
  const folder = temporaryFolder();
  await chmod(folder, 0o777);
  assert.deepEqual(await makePrivate(folder), [
    `Other users of this machine can replace the files in ${folder}. Give the folder the mode 700.`,
  ]);
});

test("links and folders with such names stay as they are", async () => {
  const folder = temporaryFolder();
  const elsewhere = path.join(temporaryFolder(), "target");
  await writeFile(elsewhere, "");
  await chmod(elsewhere, 0o644);
  await symlink(elsewhere, path.join(folder, "lobby.sqlite"));
  await mkdir(path.join(folder, "secret.d"), { mode: 0o755 });
  assert.deepEqual(await makePrivate(folder), []);
  assert.equal((await stat(elsewhere)).mode & 0o777, 0o644);
});
