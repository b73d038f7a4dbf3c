import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { ROOT } from "./support/repository.ts";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { until } from "@lobby/test-support/waiting";

const run = promisify(execFile);

test("npm start serves, and a signal to npm stops the server", async () => {
  const npm = spawn("npm", ["start", "--", "--port", "0", "--data", temporaryFolder()], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const origin = await new Promise<string>((resolve, reject) => {
    npm.once("exit", (code) => reject(new Error(`npm exited with ${code}`)));
    createInterface(npm.stdout).on("line", (line) => {
      const found = /^Lobby is listening on (http:\/\/127\.0\.0\.1:\d+)\/chat\/$/.exec(line);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
  });
  assert.equal((await fetch(`${origin}/readyz`)).status, 200);
  const exited = once(npm, "exit");
  npm.kill("SIGTERM");
  await exited;
  // npm may exit before the server does.
  await until(async () => !(await answers(origin)), "the server to stop");
});

test("the build of the server runs when a source has changed, and only then", async () => {
  const built = join(ROOT, "apps/lobby/dist/server/main.js");
  const buildAndStat = async (): Promise<number> => {
    await run(process.execPath, ["scripts/build.ts", "server"], { cwd: ROOT });
    return (await stat(built)).mtimeMs;
  };
  const firstMs = await buildAndStat();
  assert.equal(await buildAndStat(), firstMs);
  const now = new Date();
  await utimes(join(ROOT, "packages/channels/src/index.ts"), now, now);
  assert.ok((await buildAndStat()) > firstMs);
});

async function answers(origin: string): Promise<boolean> {
  try {
    await fetch(`${origin}/healthz`);
    return true;
  } catch {
    return false;
  }
}
