import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { findBrowser } from "../scripts/find-program.ts";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";

test("a browser is one that starts: a stub that only says what to install is passed over", async (t) => {
  const path = await useOnly(t, { "chromium-browser": "exit 1", "google-chrome": "echo 1.0" });
  assert.equal(await findBrowser(), join(path, "google-chrome"));
});

test("the variable wins, if what it names starts", async (t) => {
  const path = await useOnly(t, { chromium: "echo 1.0", "my-browser": "echo 1.0", "my-stub": "exit 10" });
  process.env["CHROMIUM_PATH"] = join(path, "my-browser");
  assert.equal(await findBrowser(), join(path, "my-browser"));
  process.env["CHROMIUM_PATH"] = join(path, "my-stub");
  assert.equal(await findBrowser(), join(path, "chromium"));
});

test("without any, and without a way to install one, it is said what to do, on Ubuntu too", async (t) => {
  await useOnly(t, { "chromium-browser": "exit 1" });
  await assert.rejects(findBrowser(), {
    message:
      "The browser tests need Chromium, Chrome or Edge. On Debian: `sudo apt-get install chromium`. " +
      "On Ubuntu, whose chromium is a snap that runs in no container, install Google Chrome from " +
      "https://www.google.com/chrome/. Or set CHROMIUM_PATH to the path of one that works.",
  });
});

/** Until the test is over, there are no programs but these scripts. @returns the folder they are in. */
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
