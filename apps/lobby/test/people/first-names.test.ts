import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";

/** A pattern that stands in V8's log where the visits begin. */
const MARKER = "the (first) visitor";

test("V8 compiles the long patterns for names before the first visitor comes", async () => {
  const logs = temporaryFolder();
  const flags = ["--conditions=source", "--log-code", `--logfile=${path.join(logs, "v8.log")}`];
  const script = path.join(import.meta.dirname, "../support/first-names.ts");
  await promisify(execFile)(process.execPath, [...flags, script, temporaryFolder(), MARKER]);
  // Each thread has a log of its own.
  const threads = await Promise.all((await readdir(logs)).map((name) => readFile(path.join(logs, name), "utf8")));
  const main = threads.find((log) => log.includes(MARKER)) ?? "";
  const compiled = main
    .split("\n")
    .filter((line) => line.startsWith("code-creation,RegExp,"))
    .flatMap((line) => ["RGI_Emoji", "scx=Arab", MARKER].filter((pattern) => line.includes(pattern)));
  const once = ["RGI_Emoji", "scx=Arab"];
  assert.deepEqual(compiled, [...once, ...once, MARKER]);
});
