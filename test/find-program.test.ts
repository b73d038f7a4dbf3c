import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { findBrowser } from "../scripts/find-program.ts";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";

test("the search skips a browser that does not start, such as the stub on Ubuntu", async (t) => {
  const path = await useOnly(t, { "chromium-browser": "exit 1", "google-chrome": "echo 1.0" });
  assert.equal(await findBrowser(), join(path, "google-chrome"));
});

test("the program in the environment variable has priority when it starts", async (t) => {
  const path = await useOnly(t, { chromium: "echo 1.0", "my-browser": "echo 1.0", "my-stub": "exit 10" });
  process.env["CHROMIUM_PATH"] = join(path, "my-browser");
  assert.equal(await findBrowser(), join(path, "my-browser"));
  process.env["CHROMIUM_PATH"] = join(path, "my-stub");
  assert.equal(await findBrowser(), join(path, "chromium"));
});

test("without a browser and without apt-get, the error has the remedy, also for Ubuntu", async (t) => {
  await useOnly(t, { "chromium-browser": "exit 1" });
  await assert.rejects(findBrowser(), {
    message:
      "The browser tests need Chromium, Chrome or Edge. On Debian: `sudo apt-get install chromium`. " +
      "On Ubuntu, whose chromium is a snap that does not run in containers, install Google Chrome from " +
      "https://www.google.com/chrome/. Or set CHROMIUM_PATH to the path of one that works.",
  });
});

/** Replaces all programs in the PATH by these scripts until the end of the test. Returns the folder of the scripts. */
async function useOnly(t: TestContext, scripts: Readonly<Record<string, string>>): Promise<string> {
  const { PATH, CHROMIUM_PATH } = process.env;
  t.after(() => {
    process.env["PATH"] = PATH;
    if (CHROMIUM_PATH === undefined) delete process.env["CHROMIUM_PATH"];
    else process.env["CHROMIUM_PATH"] = CHROMIUM_PATH;
  });
  const path = join(temporaryFolder(), "bin");
  await mkdir(path);
  for (const [name, body] of Object.entries(scripts)) {
    await writeFile(join(path, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }
  process.env["PATH"] = path;
  delete process.env["CHROMIUM_PATH"];
  return path;
}
