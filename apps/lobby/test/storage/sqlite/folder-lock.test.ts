import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { lockFolder } from "../../../src/storage/sqlite/folder-lock.ts";

const HOLDER = `
  import { lockFolder } from ${JSON.stringify(import.meta.resolve("../../../src/storage/sqlite/folder-lock.ts"))};
  lockFolder(process.argv[1]);
  console.log("locked");
  setInterval(() => {}, 1000);
`;

test("a lock excludes every other process until it is disposed or its process ends", async () => {
  const folder = temporaryFolder();
  const lock = lockFolder(folder);
  assert.throws(() => lockFolder(folder), { code: "LOBBY_DATA_FOLDER_IN_USE" });
  lock[Symbol.dispose]();

  const holder = spawn(process.execPath, ["--input-type=module-typescript", "-e", HOLDER, folder]);
  await once(holder.stdout, "data");
  assert.throws(() => lockFolder(folder), { code: "LOBBY_DATA_FOLDER_IN_USE" });
  holder.kill("SIGKILL");
  await once(holder, "exit");
  lockFolder(folder)[Symbol.dispose]();
});

test("two folders have independent locks", () => {
  const lock = lockFolder(temporaryFolder());
  lockFolder(temporaryFolder())[Symbol.dispose]();
  lock[Symbol.dispose]();
});

test("an unusable lock file gets an error of its own, which differs from that of a locked folder", async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, "lock");
  const refused = (reason: string): object => ({
    code: "LOBBY_LOCK_FILE",
    message: `Cannot lock ${file} (${reason}). Make it writable for this user, or delete it when no Lobby is running.`,
  });
  await mkdir(file);
  assert.throws(() => lockFolder(folder), refused("unable to open database file"));
  await rmdir(file);
  await writeFile(file, "This is a diary. It has many pages, and none of them is a lock. ".repeat(20));
  assert.throws(() => lockFolder(folder), refused("file is not a database"));
});
