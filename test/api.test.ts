import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { access, glob, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { promisify } from "node:util";
import { describePackages } from "../scripts/api-description.ts";
import { ROOT } from "./support/repository.ts";

const run = promisify(execFile);

/** The descriptions that the sources give, by path. */
let descriptions: ReadonlyMap<string, string>;
before(async () => {
  descriptions = await describePackages();
});

test("the repository has the API descriptions that the sources give", async () => {
  const checkedIn = new Map<string, string>();
  for await (const path of glob("packages/*/api/*", { cwd: ROOT })) {
    checkedIn.set(path, await readFile(join(ROOT, path), "utf8"));
  }
  const paths = new Set([...descriptions.keys(), ...checkedIn.keys()]);
  const differing = [...paths].filter((path) => descriptions.get(path) !== checkedIn.get(path));
  const remedy = "Run `npm run describe` and review the difference, which users of the packages will see.";
  assert.deepEqual(differing, [], `The public API differs from ${differing.join(", ")}. ${remedy}`);
});

describe("A published package", () => {
  test("has every file that its exports map names", async () => {
    for (const { folder, files, exports } of await packages()) {
      const targets = Object.values(exports).flatMap((entry) =>
        typeof entry === "string" ? [] : Object.values(entry),
      );
      assert.ok(targets.length > 0, folder);
      for (const target of targets) {
        assert.ok(
          files.some((published) => target.startsWith(`./${published}/`)),
          `${folder} is published without ${target}`,
        );
        await access(join(ROOT, folder, target));
      }
    }
  });

  test("exports the same values to Node as its sources", async () => {
    const specifiers = await entryPoints();
    const program = `
      const names = ${JSON.stringify(specifiers)}.map(async (specifier) => Object.keys(await import(specifier)));
      console.log(JSON.stringify(await Promise.all(names)));`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program], { cwd: ROOT });
    const names = specifiers.map(async (specifier) => Object.keys((await import(specifier)) as object));
    assert.deepEqual(JSON.parse(stdout), await Promise.all(names));
  });

  test("compiles in a project that checks its libraries, and the portable packages also without the types of Node", async () => {
    const specifiers = await entryPoints();
    const portable = specifiers.filter((specifier) => /^@lobby\/(channels|protocol)$/.test(specifier));
    await compileConsumer(specifiers, ["--lib", "esnext", "--types", "node"]);
    await compileConsumer(portable, ["--lib", "esnext,dom", "--types", ""]);
  });

  test("refuses imports that its exports map does not name", async () => {
    for (const path of ["src/fanout.ts", "dist/fanout.js", "fanout"]) {
      await assert.rejects(import(`@lobby/channels/${path}`), { code: "ERR_PACKAGE_PATH_NOT_EXPORTED" });
    }
  });
});

interface Package {
  readonly folder: string;
  readonly name: string;
  readonly private?: boolean;
  readonly files: readonly string[];
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** Returns the packages that are published to npm. */
async function packages(): Promise<readonly Package[]> {
  const folders = (await Array.fromAsync(glob("packages/*", { cwd: ROOT }))).toSorted();
  const all = await Promise.all(
    folders.map(async (folder): Promise<Package> => {
      const manifest = await readFile(join(ROOT, folder, "package.json"), "utf8");
      return { folder, ...(JSON.parse(manifest) as Omit<Package, "folder">) };
    }),
  );
  return all.filter((each) => each.private !== true);
}

/** Returns the specifiers that users may import, of all packages. */
async function entryPoints(): Promise<readonly string[]> {
  return (await packages()).flatMap(({ name, exports }) =>
    Object.entries(exports).flatMap(([path, target]) => (typeof target === "string" ? [] : [join(name, path)])),
  );
}

/** Compiles a module that imports these specifiers, as a project with the published packages does. */
async function compileConsumer(specifiers: readonly string[], options: readonly string[]): Promise<void> {
  await mkdir(join(ROOT, ".tmp"), { recursive: true });
  const folder = await mkdtemp(join(ROOT, ".tmp", "consumer-"));
  try {
    const code = specifiers.map((specifier, index) => `export * as package${index} from "${specifier}";\n`);
    await writeFile(join(folder, "consumer.ts"), code.join(""));
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    const fixedOptions = ["--ignoreConfig", "--noEmit", "--strict", "--module", "nodenext", "--target", "esnext"];
    await run(process.execPath, [compiler, ...fixedOptions, ...options, "consumer.ts"], { cwd: folder });
  } catch (error) {
    assert.fail((error as { readonly stdout: string }).stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}
