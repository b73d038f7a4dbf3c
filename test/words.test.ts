import assert from "node:assert/strict";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "./support/repository.ts";

/** Phrases that are hard to read, each with a plain replacement. */
const PHRASES: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/\bwho(?:ever|mever)\b/i, "name who acts"],
  [/\b(?:what|which)(?:so)?ever\b/i, "name the thing"],
  [/\bwhat (?:fits|waits|travels|comes?|came)\b/i, "name the thing"],
  [/\b(?:what|who) is (?:no|none)\b/i, "say what a thing is"],
  [/\b(?:is|are|was|were|be|been|being) (?:told|handed|given)\b/i, "say who reports or passes what"],
  [/\b(?:is|are|was|were|be|been|being) (?:asked|looked at)\b/i, "say who asks or checks"],
  [/\bhand(?:s|ed|ing)? (?:over|out|on)\b/i, "passes, returns"],
  [/\btold of\b/i, "say who reports what"],
  [/\b(?:made|begun|begins|began|handed out) anew\b/i, "rebuilt, restarted, renewed"],
  [/\b(?:comes?|came|coming) back\b/i, "reconnects, returns"],
  [/\b(?:goes|went|going) out\b/i, "the server sends"],
  [/\b(?:goes|went|going) on\b/i, "continues"],
  [/\bsa(?:ys?|id|ying) so\b/i, "say what the text states"],
  [/\blet(?:s|ting)? in\b/i, "accepts"],
  [/\bturn(?:s|ed|ing)? away\b/i, "refuses, denies"],
  [/\bdeaf\b/i, "disconnected"],
  [/\bby (?:itself|themselves)\b/i, "alone, automatically"],
  [/\b(?:is|are|was|were) to be\b/i, "has to be"],
  [/\bnot\b[^.,;:()]{1,40}\bany more\b/i, "no longer"],
  [/\bas ever\b/i, "unchanged"],
  [/\bso many\b/i, "this many"],
  [/\bfor want of\b/i, "the default"],
  [/\bsee the head of (?:this|the) file\b/i, "write the docstring"],
  [/\bstands? behind\b/i, "follows"],
];

const FILES = [
  "{packages,apps,examples}/*/{src,web,test,chat,mysite}/**/*.{ts,css}",
  "bench/{src,test}/**/*.ts",
  "{scripts,test}/**/*.ts",
  "{README,ARCHITECTURE,CONTRIBUTING,docs/*}.md",
  "packages/*/README.md",
];

test("no file uses a phrase that readers misunderstand", async () => {
  const found: string[] = [];
  let files = 0;
  for await (const file of glob(FILES, { cwd: ROOT, exclude: ["**/node_modules/**", "**/dist/**"] })) {
    if (file === "test/words.test.ts") continue;
    files += 1;
    const lines = (await readFile(join(ROOT, file), "utf8")).split("\n");
    for (const [index, line] of lines.entries()) {
      for (const [phrase, instead] of PHRASES) {
        const [match] = phrase.exec(line) ?? [];
        if (match !== undefined) found.push(`${file}:${index + 1}: "${match}" (${instead})`);
      }
    }
  }
  assert.ok(files > 300, "the globs find the files");
  assert.deepEqual(found, []);
});
