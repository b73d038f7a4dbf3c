import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pollUntil } from "../src/driver/poll-until.ts";
import { ROOT } from "../src/systems/systems.ts";

const MAIN = join(ROOT, "bench/src/main.ts");

describe("npm run bench -- --against", () => {
  test("prints one sentence and exits with 2 when the commit is unknown", async () => {
    const { child, output } = start("--against", "unknown");
    assert.deepEqual(await once(child, "close"), [2, null]);
    assert.equal(
      output(),
      "Expected --against to name a commit of this repository, got unknown: see `git log --all`.\n",
    );
  });

  const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  for (const [signal, exitCode] of Object.entries(exitCodes)) {
    test(`removes its copy of the commit and exits with ${exitCode} on ${signal}`, async () => {
      const before = await listCopies();
      const { child, output } = start("--against", "HEAD", "--only", "echo");
      const closed = once(child, "close");
      const isMeasuring = (): boolean => output().includes("Comparing the working tree with ");
      assert.ok(await pollUntil(isMeasuring, () => output().length), output());
      assert.equal((await listCopies()).length, before.length + 1);
      child.kill(signal as keyof typeof exitCodes);
      assert.deepEqual(await closed, [exitCode, null], output());
      assert.deepEqual(await listCopies(), before);
    });
  }
});

/** Starts the benchmark and collects all of its output. */
function start(...args: readonly string[]) {
  const child = spawn(process.execPath, ["--conditions=source", MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
  }
  return { child, output: (): string => output.join("") };
}

async function listCopies(): Promise<readonly string[]> {
  const names = await readdir(join(ROOT, ".tmp")).catch(() => []);
  return names.filter((name) => name.startsWith("against-"));
}
