import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { openDataFolder } from "../../src/operations/data-folder.ts";

test("a missing folder is created with its parents, for its owner only", async () => {
  const folder = path.join(temporaryFolder(), "srv", "로비 data");
  const { path: opened, databaseFile } = await openDataFolder(folder);
  assert.equal(opened, folder);
  assert.equal(databaseFile, path.join(folder, "lobby.sqlite"));
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
});

test("a relative path starts at the working directory", async (t) => {
  const here = process.cwd();
  const folder = temporaryFolder();
  process.chdir(folder);
  t.after(() => process.chdir(here));
  assert.equal((await openDataFolder("./data")).databaseFile, path.join(process.cwd(), "data", "lobby.sqlite"));
});

test("the secret is created once, readable for its owner only, and kept", async () => {
  const folder = temporaryFolder();
  const { secret } = await openDataFolder(folder);
  const file = path.join(folder, "secret");
  assert.equal(secret.length, 32);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.deepEqual(new Uint8Array(await readFile(file)), secret);
  assert.deepEqual((await openDataFolder(folder)).secret, secret);
});

test("simultaneous starts agree on one secret, and leave no other file", async () => {
  const folder = temporaryFolder();
  const opened = await Promise.all(Array.from({ length: 20 }, () => openDataFolder(folder)));
  for (const { secret } of opened) assert.deepEqual(secret, opened[0]?.secret);
  assert.deepEqual(await readdir(folder), ["lobby.sqlite", "secret"]);
});

test("every folder gets its own secret", async () => {
  const [one, other] = await Promise.all([openDataFolder(temporaryFolder()), openDataFolder(temporaryFolder())]);
  assert.notDeepEqual(one.secret, other.secret);
});

test("the error for a folder that cannot be created names the remedy", async () => {
  const file = path.join(temporaryFolder(), "file");
  await writeFile(file, "");
  const folder = path.join(file, "data");
  await assert.rejects(openDataFolder(folder), {
    code: "LOBBY_DATA_FOLDER",
    message:
      `Cannot use ${folder} as the data folder (ENOTDIR). ` +
      "Make it readable and writable for this user, or choose another folder with --data.",
  });
  await assert.rejects(openDataFolder(file), { code: "LOBBY_DATA_FOLDER", message: /\(EEXIST\)/ });
});

test("simultaneous starts create one folder", async () => {
  const folder = path.join(temporaryFolder(), "srv", "lobby", "data");
  const opened = await Promise.all(Array.from({ length: 20 }, () => openDataFolder(folder)));
  assert.equal(new Set(opened.map(({ secret }) => Buffer.from(secret).toString("hex"))).size, 1);
});

test("an unreadable secret is an error", async () => {
  const folder = temporaryFolder();
  await mkdir(path.join(folder, "secret"));
  await assert.rejects(openDataFolder(folder), { code: "LOBBY_DATA_FOLDER", message: /\(EISDIR\)/ });
});

test("a damaged secret is an error and stays unchanged", async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, "secret");
  await writeFile(file, "half a secret");
  await assert.rejects(openDataFolder(folder), {
    code: "LOBBY_SECRET",
    message:
      `${file} is damaged: it has 13 bytes instead of 32. ` +
      "Restore it from a backup, or delete it, which gives every guest a new identity.",
  });
  assert.equal(await readFile(file, "utf8"), "half a secret");
});
