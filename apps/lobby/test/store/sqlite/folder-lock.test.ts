import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { lockFolder } from "../../../src/store/sqlite/folder-lock.ts";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";

const HOLDER = `
  import { lockFolder } from ${JSON.stringify(import.meta.resolve("../../../src/store/sqlite/folder-lock.ts"))};
  lockFolder(process.argv[1]);
  console.log("locked");
  setInterval(() => {}, 1000);
`;

test("a folder is locked for one server, in whatever process, until it is given back or the process ends", async () => {
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

test("another folder is another lock", () => {
  const lock = lockFolder(temporaryFolder());
  lockFolder(temporaryFolder())[Symbol.dispose]();
  lock[Symbol.dispose]();
});

test("what is in the place of the lock and cannot be one is refused, and is nobody's Lobby", async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, "lock");
  const refused = (reason: string): object => ({
    code: "LOBBY_LOCK_FILE",
    message: `Cannot lock ${file} (${reason}). Make it writable for this user, or delete it when no Lobby is running.`,
  });
  await mkdir(file);
  assert.throws(() => lockFolder(folder), refused("unable to open database file"));
  await rmdir(file);
  await writeFile(file, "This is a diary and no lock, however long one reads on in it. ".repeat(20));
  assert.throws(() => lockFolder(folder), refused("file is not a database"));
});
