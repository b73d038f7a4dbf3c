/** Runs the tests that guides show, with the files that they show them with. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { glob, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { codeBlocks, isNamed } from "./support/markdown.ts";
import { ROOT } from "./support/repository.ts";
import { writeFilesShown } from "./support/typecheck.ts";

for await (const page of glob("docs/*.md", { cwd: ROOT })) {
  const blocks = codeBlocks(page, await readFile(join(ROOT, page), "utf8"));
  for (const block of blocks.filter(isNamed).filter(({ path }) => path.endsWith(".test.ts"))) {
    test(`${block.path} of ${page} passes`, async (t) => {
      await mkdir(join(ROOT, ".tmp"), { recursive: true });
      const folder = await mkdtemp(join(ROOT, ".tmp", "guide-"));
      t.after(() => rm(folder, { recursive: true }));
      await writeFilesShown(folder, blocks, block);
      // Without it, the inner runner would report its results to the runner of this test.
      const { NODE_TEST_CONTEXT: _, ...env } = process.env;
      const args = ["--conditions=source", "--test", join(folder, block.path)];
      const { status, stdout } = spawnSync(process.execPath, args, { env, encoding: "utf8", timeout: 30_000 });
      assert.equal(status, 0, stdout);
      assert.match(stdout, /^ℹ pass [1-9]/m);
    });
  }
}
