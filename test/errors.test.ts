import assert from "node:assert/strict";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ROOT } from "./support/repository.ts";

/** Environment variables look like codes and are none. */
const VARIABLES = /LOBBY_(HOST|PORT|DATA|PUBLIC_URL|TRUST_PROXY)"/;

describe("docs/errors.md", () => {
  test("explains every code in the sources once, in order of the alphabet below each heading, and no other", async () => {
    const page = await readFile(join(ROOT, "docs/errors.md"), "utf8");
    const explained = [...page.matchAll(/^### (\S+)$/gm)].map(([, code]) => code as string);
    assert.deepEqual(explained.toSorted(), [...(await codesInSources())].toSorted());
    for (const chapter of page.split(/^## /m)) {
      const codes = [...chapter.matchAll(/^### (\S+)$/gm)].map(([, code]) => code as string);
      assert.deepEqual(codes, codes.toSorted());
    }
  });
});

async function codesInSources(): Promise<ReadonlySet<string>> {
  const codes = new Set<string>();
  for await (const file of glob("{packages,apps}/*/src/**/*.ts", { cwd: ROOT })) {
    const source = await readFile(join(ROOT, file), "utf8");
    for (const [quoted] of source.matchAll(/"(CHANNELS|LOBBY)_[A-Z_]+"/g)) {
      if (!VARIABLES.test(quoted)) codes.add(quoted.slice(1, -1));
    }
    // Keys of the sentences in each language stand without quotes.
    for (const [, key] of source.matchAll(/^\s+((?:CHANNELS|LOBBY)_[A-Z_]+):/gm)) codes.add(key as string);
  }
  return codes;
}
