import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { LIMITS_PAGE, limitsPage } from "../scripts/limits-page.ts";
import { resolveOptions } from "../packages/channels-node/src/options.ts";
import { ROOT } from "./support/repository.ts";

test("docs/limits.md has the fixed limits of the sources", async () => {
  assert.equal(await readFile(join(ROOT, LIMITS_PAGE), "utf8"), await limitsPage(), "run `npm run describe`");
});

test("docs/deploying.md lists every option of the server with a number as its default", async () => {
  assert.deepEqual(await listedIn("docs/deploying.md"), DEFAULTS);
});

test("the README of the server states the defaults of the code", async () => {
  const listed = await listedIn("packages/channels-node/README.md");
  assert.ok(listed.size > 5, "the rows are found");
  for (const [name, value] of listed) assert.equal(value, DEFAULTS.get(name), name);
});

/** The options of the server whose defaults are numbers. */
const DEFAULTS = new Map(
  Object.entries(resolveOptions({}))
    .filter((entry): entry is [string, number] => typeof entry[1] === "number")
    .map(([name, value]) => [name, value]),
);

/** Returns the rows of a page that begin with an option and a number. */
async function listedIn(page: string): Promise<ReadonlyMap<string, number>> {
  const text = await readFile(join(ROOT, page), "utf8");
  const rows = text.matchAll(/^\| `(\w+)` \| ([\d,]+) \|/gm);
  return new Map(Array.from(rows, ([, name = "", value = ""]) => [name, Number(value.replaceAll(",", ""))]));
}
