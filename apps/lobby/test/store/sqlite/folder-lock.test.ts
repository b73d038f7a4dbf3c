import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { lockFolder } from "../../../src/store/sqlite/folder-lock.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const HOLDER = `
  import { lockFolder } from ${JSON.stringify(import.meta.resolve("../../../src/store/sqlite/folder-lock.ts"))};
  lockFolder(process.argv[1]);
  console.log("locked");
  setInterval(() => {}, 1000);
`;

test("a folder is locked for one server, in whatever process, until it is given back or the process ends", async () => {
  const folder = temporaryFolder();
  const unlock = lockFolder(folder);
  assert.throws(() => lockFolder(folder), { code: "LOBBY_DATA_FOLDER_IN_USE" });
  unlock();

  const holder = spawn(process.execPath, ["--input-type=module-typescript", "-e", HOLDER, folder]);
  await once(holder.stdout, "data");
  assert.throws(() => lockFolder(folder), { code: "LOBBY_DATA_FOLDER_IN_USE" });
  holder.kill("SIGKILL");
  await once(holder, "exit");
  lockFolder(folder)();
});

test("another folder is another lock", () => {
  const unlock = lockFolder(temporaryFolder());
  lockFolder(temporaryFolder())();
  unlock();
});
