import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { openDataFolder } from "../src/data-folder.ts";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";

test("a folder that is not there is made, with everything above it, for its owner alone", async () => {
  const folder = path.join(temporaryFolder(), "srv", "로비 data");
  const { databaseFile } = await openDataFolder(folder);
  assert.equal(databaseFile, path.join(folder, "lobby.sqlite"));
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
});

test("a path is taken from the folder that the process runs in", async (t) => {
  const here = process.cwd();
  const folder = temporaryFolder();
  process.chdir(folder);
  t.after(() => process.chdir(here));
  assert.equal((await openDataFolder("./data")).databaseFile, path.join(process.cwd(), "data", "lobby.sqlite"));
});

test("the secret is made once, for the owner's eyes only, and kept", async () => {
  const folder = temporaryFolder();
  const { secret } = await openDataFolder(folder);
  const file = path.join(folder, "secret");
  assert.equal(secret.length, 32);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.deepEqual(new Uint8Array(await readFile(file)), secret);
  assert.deepEqual((await openDataFolder(folder)).secret, secret);
});

test("several starts at once agree on one secret, and leave nothing else behind", async () => {
  const folder = temporaryFolder();
  const opened = await Promise.all(Array.from({ length: 20 }, () => openDataFolder(folder)));
  for (const { secret } of opened) assert.deepEqual(secret, opened[0]?.secret);
  assert.deepEqual(await readdir(folder), ["secret"]);
});

test("every folder gets a secret of its own", async () => {
  const [one, other] = await Promise.all([openDataFolder(temporaryFolder()), openDataFolder(temporaryFolder())]);
  assert.notDeepEqual(one.secret, other.secret);
});

test("a folder that cannot be made is refused with what to do", async () => {
  const file = path.join(temporaryFolder(), "file");
  await writeFile(file, "");
  const folder = path.join(file, "data");
  await assert.rejects(openDataFolder(folder), {
    code: "LOBBY_DATA_FOLDER",
    message:
      `Cannot use ${folder} as the data folder (ENOTDIR). ` +
      "Make it readable and writable for this user, or choose another with --data.",
  });
  await assert.rejects(openDataFolder(file), { code: "LOBBY_DATA_FOLDER", message: /\(EEXIST\)/ });
});

test("several starts at once make one folder", async () => {
  const folder = path.join(temporaryFolder(), "srv", "lobby", "data");
  const opened = await Promise.all(Array.from({ length: 20 }, () => openDataFolder(folder)));
  assert.equal(new Set(opened.map(({ secret }) => Buffer.from(secret).toString("hex"))).size, 1);
});

test("a secret that cannot be read is refused with what to do", async () => {
  const folder = temporaryFolder();
  await mkdir(path.join(folder, "secret"));
  await assert.rejects(openDataFolder(folder), { code: "LOBBY_DATA_FOLDER", message: /\(EISDIR\)/ });
});

test("a damaged secret is refused and left as it is", async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, "secret");
  await writeFile(file, "half a secret");
  await assert.rejects(openDataFolder(folder), {
    code: "LOBBY_SECRET",
    message:
      `${file} is damaged: it has 13 bytes instead of 32. ` +
      "Restore it from a backup, or delete it: guests then get new identities.",
  });
  assert.equal(await readFile(file, "utf8"), "half a secret");
});
