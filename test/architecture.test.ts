import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { describe, test } from "node:test";
import { importsOf } from "./support/imports.ts";
import { ROOT } from "./support/repository.ts";

/** The folders of the packages in this repository, by name. */
const PACKAGES: Readonly<Record<string, string>> = {
  "@lobby/channels": "packages/channels",
  "@lobby/channels-node": "packages/channels-node",
  "@lobby/channels-redis": "packages/channels-redis",
  "@lobby/protocol": "packages/protocol",
  "@lobby/test-support": "packages/test-support",
};

const SOURCES = "{packages/*/src,apps/*/src,apps/*/web,examples/*/{chat,mysite},bench/src,checks/src}/**/*.ts";

describe("The dependency table of ARCHITECTURE.md", () => {
  test("has a row for every source file, and every row has a source file", async () => {
    const table = await readTable();
    const files = await sourceFiles();
    assert.ok(files.length > 50, "the pattern finds the sources");
    assert.deepEqual(
      files.filter((file) => partOf(file, table) === undefined),
      [],
    );
    assert.deepEqual(
      [...table.keys()].filter((part) => !files.some((file) => isWithin(file, part))),
      [],
    );
  });

  test("allows every import of the sources", async () => {
    const table = await readTable();
    assert.deepEqual(await breaches(table), []);
  });

  test("allows no dependency that the sources do not use", async () => {
    const table = await readTable();
    const unused: string[] = [];
    for (const [part, allowed] of table) {
      for (const dependency of allowed) {
        const without = new Map([...table, [part, new Set([...allowed].filter((other) => other !== dependency))]]);
        if ((await breaches(without)).length === 0) unused.push(`${part} → ${dependency}`);
      }
    }
    assert.deepEqual(unused, []);
  });

  test("contains no cycle", async () => {
    const table = await readTable();
    for (const part of table.keys()) {
      assert.ok(!reachable(part, table).has(part), `${part} depends on itself through other parts`);
    }
  });
});

type Table = ReadonlyMap<string, ReadonlySet<string>>;

/** A table of dependencies. Names in its rows are relative to the folder in its header, if the header names one. */
const TABLE = /^\| Part(?: of `([^`]+)`)? \| May import .*\n\|[-| ]+\|\n((?:\|.*\n)+)/gm;

/** Returns the rows of every dependency table: one or more paths, and the parts that they may import. */
async function readTable(): Promise<Table> {
  const text = await readFile(join(ROOT, "ARCHITECTURE.md"), "utf8");
  const table = new Map<string, ReadonlySet<string>>();
  for (const [, folder = "", rows = ""] of text.matchAll(TABLE)) {
    for (const row of rows.trim().split("\n")) {
      const [, parts = "", allowed = ""] = row.split("|");
      for (const part of namesIn(parts)) {
        table.set(join(folder, part), new Set(namesIn(allowed).map((name) => resolveName(folder, name))));
      }
    }
  }
  assert.ok(table.size > 5, "the tables are found");
  return table;
}

/** Returns the path of a name: relative to the folder when it exists there, such as `rooms` in `apps/lobby/src`. */
function resolveName(folder: string, name: string): string {
  const path = join(folder, name);
  return existsSync(join(ROOT, path)) ? path : name;
}

function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string);
}

async function sourceFiles(): Promise<string[]> {
  const files = await Array.fromAsync(glob(SOURCES, { cwd: ROOT }));
  return files.filter((file) => !/\/(dist|node_modules)\//.test(file)).toSorted();
}

async function breaches(table: Table): Promise<string[]> {
  const found: string[] = [];
  for (const [file, specifiers] of await imports()) {
    const part = partOf(file, table) ?? "";
    const allowed = table.get(part) ?? new Set();
    for (const specifier of specifiers) {
      const target = targetOf(file, specifier, table);
      if (target !== part && !allowed.has(target)) found.push(`${file} imports ${specifier} (${target})`);
    }
  }
  return found;
}

let cache: Promise<readonly (readonly [file: string, specifiers: readonly string[]])[]> | undefined;
function imports(): Promise<readonly (readonly [file: string, specifiers: readonly string[]])[]> {
  cache ??= sourceFiles().then((files) =>
    Promise.all(files.map(async (file) => [file, await importsOf(join(ROOT, file))] as const)),
  );
  return cache;
}

/** Returns the part that an import refers to: a row of the table, `node:*`, or the name of a package. */
function targetOf(file: string, specifier: string, table: Table): string {
  if (specifier.startsWith("node:")) return "node:*";
  if (specifier.startsWith(".")) {
    const target = relative(ROOT, join(ROOT, dirname(file), specifier));
    return partOf(target, table) ?? target;
  }
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  return PACKAGES[name] ?? name;
}

/** Returns the row with the longest path that contains a file. */
function partOf(file: string, table: Table): string | undefined {
  return [...table.keys()].filter((part) => isWithin(file, part)).toSorted((a, b) => b.length - a.length)[0];
}

function isWithin(file: string, part: string): boolean {
  return file === part || file.startsWith(`${part}/`);
}

function reachable(start: string, table: Table): Set<string> {
  const found = new Set<string>();
  const queue = [...(table.get(start) ?? [])];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    queue.push(...(table.get(next) ?? []));
  }
  return found;
}
