import assert from "node:assert/strict";
import { access, glob, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { anchors, codeBlocks, fileContent, filesShown, links } from "./support/markdown.ts";
import { ROOT } from "./support/repository.ts";
import { typeErrors, type Page } from "./support/typecheck.ts";

const TUTORIAL = "examples/tutorial";
const TUTORIAL_PAGES = ["docs/tutorial.md", "docs/tutorial.ko.md"];

describe("The code in the documentation", () => {
  test("compiles, and every version of a file with the files the page has shown by then", async () => {
    const pages = await readPages();
    assert.ok(pages.some(({ path }) => path === "docs/tutorial.md"));
    assert.deepEqual(await typeErrors(pages), []);
  });

  test("ends, for every file that a tutorial shows, as the file in examples/tutorial", async () => {
    for (const page of TUTORIAL_PAGES) {
      for (const [file, block] of filesShown(codeBlocks(page, await readText(page)))) {
        const content = await readFile(join(ROOT, TUTORIAL, file), "utf8");
        assert.equal(fileContent(block), content, `${page}:${block.line} differs from ${TUTORIAL}/${file}`);
      }
    }
  });

  test("shows every file of the tutorial's chat", async () => {
    const files = await Array.fromAsync(glob("{chat,mysite}/**/*.{ts,html}", { cwd: join(ROOT, TUTORIAL) }));
    for (const page of TUTORIAL_PAGES) {
      const shown = filesShown(codeBlocks(page, await readText(page)));
      assert.deepEqual([...shown.keys()].toSorted(), files.toSorted(), page);
    }
  });

  test("is the same in the English and in the Korean tutorial", async () => {
    const [english, korean] = await Promise.all(TUTORIAL_PAGES.map(readCode));
    assert.deepEqual(korean, english);
  });
});

describe("The links in the documentation", () => {
  test("lead to files that exist, and to headings in them", async () => {
    const paths = await Array.fromAsync(glob(["*.md", "docs/**/*.md", "packages/*/README.md"], { cwd: ROOT }));
    const broken: string[] = [];
    for (const path of paths.toSorted()) {
      for (const { line, target } of links(await readText(path))) {
        if (!(await leadsSomewhere(path, target))) broken.push(`${path}:${line}: ${target}`);
      }
    }
    assert.deepEqual(broken, []);
  });

  test("are looked at: one to a file or a heading that is not there is found, one in code is none", async () => {
    assert.equal(await leadsSomewhere("docs/layers.md", "consumers.md#close-codes"), true);
    assert.equal(await leadsSomewhere("docs/layers.md", "#gaps"), true);
    assert.equal(await leadsSomewhere("docs/layers.md", "consumers.md#close-code"), false);
    assert.equal(await leadsSomewhere("docs/layers.md", "consumer.md"), false);
    const markdown = "[a](a.md) and `[b](b.md)`\n```\n[c](c.md)\n```\n[d](d.md#e)";
    const found = [
      { line: 1, target: "a.md" },
      { line: 5, target: "d.md#e" },
    ];
    assert.deepEqual(links(markdown), found);
    assert.deepEqual(
      [...anchors("# `a(b)` and [c](d)\n## 로비\n## 로비\n```\n# no\n```\n")],
      ["ab-and-c", "로비", "로비-1"],
    );
  });
});

describe("The check of the code in the documentation", () => {
  test("names the page and the line of what does not compile", async () => {
    const page = { path: "docs/bad.md", markdown: markdownOf('const port: number = 8000;\nport.close("now");') };
    assert.match((await typeErrors([page])).join("\n"), /^docs\/bad\.md:3:6: error TS2339: .+$/);
  });

  test("checks a block that names no file alone, against the packages of the workspace", async () => {
    const uses =
      'import { consumer, WebSocketConsumer } from "@lobby/channels";\nclass Echo extends WebSocketConsumer {}';
    const good = markdownOf(`${uses}\nconst echo = consumer(Echo);`);
    const bad = markdownOf("echo;");
    const errors = await typeErrors([{ path: "docs/two.md", markdown: `${good}\n${bad}` }]);
    assert.match(errors.join("\n"), /^docs\/two\.md:8:1: error TS2304: Cannot find name 'echo'\.$/);
  });

  test("finds a version of a file that no longer fits the others, also when a later version mends it", async () => {
    const versions = [
      "// chat/room.ts\nexport const room = 'lobby';",
      "// chat/use.ts\nimport { room } from './room.ts';\nexport const size = room.length;",
      "// chat/room.ts\nexport const room = 101;",
      "// chat/room.ts\nexport const room = 'lobby 2';",
    ];
    const errors = await typeErrors([{ path: "docs/story.md", markdown: versions.map(markdownOf).join("") }]);
    assert.match(errors.join("\n"), /^docs\/story\.md:8:26: \(once line 10 is shown\) error TS2339: .+$/);
  });

  test("finds indented blocks and takes a longer fence for one block", () => {
    const markdown = "1. First\n   ```ts\n   first;\n   ```\n````md\n```ts\nsecond;\n```\n````\n";
    const found = codeBlocks("docs/list.md", markdown).map(({ line, language, code }) => [line, language, code]);
    assert.deepEqual(found, [
      [2, "ts", "first;\n"],
      [5, "md", "```ts\nsecond;\n```\n"],
    ]);
  });

  test("refuses a page with a block that is not closed", () => {
    assert.throws(() => codeBlocks("docs/open.md", "Text\n```ts\nconst a = 1;\n"), /docs\/open\.md:2 opens/);
  });
});

async function readPages(): Promise<readonly Page[]> {
  const paths = await Array.fromAsync(glob(["README.md", "docs/**/*.md", "packages/*/README.md"], { cwd: ROOT }));
  return Promise.all(paths.toSorted().map(async (path) => ({ path, markdown: await readText(path) })));
}

function readText(path: string): Promise<string> {
  return readFile(join(ROOT, path), "utf8");
}

async function leadsSomewhere(page: string, target: string): Promise<boolean> {
  if (/^[a-z]+:/.test(target)) return true;
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? page : join(dirname(page), file);
  const isThere = await access(join(ROOT, path)).then(
    () => true,
    () => false,
  );
  return isThere && (anchor === undefined || anchors(await readText(path)).has(anchor));
}

async function readCode(page: string): Promise<readonly string[]> {
  return codeBlocks(page, await readText(page)).map(({ language, code }) => `${language}\n${code}`);
}

function markdownOf(code: string): string {
  return `\`\`\`ts\n${code}\n\`\`\`\n`;
}
