/**
 * Describes the public API of the packages, for reviews. Each entry of an `exports` map gets one declaration file: its
 * exports in alphabetical order, then the declarations that they refer to and users cannot import.
 */
import { execFile } from "node:child_process";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { format, type FormatConfig } from "oxfmt";
import { DeclarationFiles, type Declared } from "./declaration-files.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..");
const ALPHABET = new Intl.Collator("en");

/** One entry of an `exports` map. */
export interface EntryPoint {
  /** The specifier that users import, such as `@lobby/channels/layers`. */
  readonly specifier: string;
  /** The path of its declaration file. */
  readonly types: string;
}

/** Compiles the packages. Returns each description by its path from the root of the repository. */
export async function describePackages(): Promise<ReadonlyMap<string, string>> {
  const folders = (await Array.fromAsync(glob("packages/*", { cwd: ROOT }))).toSorted();
  await compile(folders);
  const descriptions = new Map<string, string>();
  for (const folder of folders) {
    const entries = await entryPoints(folder);
    for (const [path, entry] of entries) {
      const elsewhere = [...entries.values()].filter((other) => other !== entry);
      descriptions.set(path, await describeEntryPoint(entry, elsewhere));
    }
  }
  return descriptions;
}

/** @throws {Error} The output of the compiler, when the sources do not compile. */
async function compile(folders: readonly string[]): Promise<void> {
  try {
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    await run(process.execPath, [compiler, "--build", ...folders], { cwd: ROOT });
  } catch (error) {
    throw new Error((error as { readonly stdout: string }).stdout, { cause: error });
  }
}

/** Returns the entries of a package, by the paths of their descriptions. */
async function entryPoints(folder: string): Promise<ReadonlyMap<string, EntryPoint>> {
  const manifest = JSON.parse(await readFile(join(ROOT, folder, "package.json"), "utf8")) as Manifest;
  const entries = new Map<string, EntryPoint>();
  for (const [subpath, target] of Object.entries(manifest.exports)) {
    if (typeof target === "string") continue;
    const file = subpath === "." ? "index" : subpath.slice("./".length);
    entries.set(join(folder, "api", `${file}.d.ts`), {
      specifier: join(manifest.name, subpath),
      types: join(ROOT, folder, target.types),
    });
  }
  return entries;
}

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

/**
 * Returns the description of an entry.
 * @param elsewhere The other entries of the package. The description imports their exports and does not repeat them.
 */
export async function describeEntryPoint(entry: EntryPoint, elsewhere: readonly EntryPoint[]): Promise<string> {
  const files = new DeclarationFiles();
  const exported = new Map(files.exportsOf(entry.types).map(({ declared, isTypeOnly }) => [declared, isTypeOnly]));
  const importable = new Map<Declared, string>();
  for (const { specifier, types } of elsewhere) {
    for (const { declared } of files.exportsOf(types)) {
      if (!exported.has(declared)) importable.set(declared, specifier);
    }
  }
  const imports = new Set<string>();
  const surface = new Set(exported.keys());
  // The loop adds each declaration that it finds, until it has visited all that users can reach.
  for (const { file, references } of surface) {
    for (const reference of references) {
      const found = files.resolve(file, reference);
      if (found === undefined) continue;
      const specifier = "specifier" in found ? found.specifier : importable.get(found);
      if (specifier !== undefined) imports.add(importOf(found.name, reference, specifier));
      else if (!("specifier" in found)) surface.add(found);
    }
  }
  const text = [
    `// The exports of ${entry.specifier}. \`npm run describe\` writes this file.\n`,
    ...[...imports].toSorted(),
    ...inOrder(exported.keys()).map((declared) => exportOf(declared, exported.get(declared) === true)),
    surface.size > exported.size ? "\n// Not exported, but part of the above:" : "",
    ...inOrder(surface.difference(exported)).map(({ texts }) => `\n${texts.join("\n\n")}`),
  ].join("\n");
  const options = JSON.parse(await readFile(join(ROOT, ".oxfmtrc.json"), "utf8")) as FormatConfig;
  return (await format("api.d.ts", text, { ...options, objectWrap: "collapse" })).code;
}

function importOf(name: string, localName: string, specifier: string): string {
  return `import { ${name === localName ? name : `${name} as ${localName}`} } from "${specifier}";`;
}

function exportOf({ texts }: Declared, isTypeOnly: boolean): string {
  return texts
    .map((text) => `${isTypeOnly && text.startsWith("declare ") ? "\n// As a type only:" : ""}\nexport ${text}`)
    .join("\n");
}

function inOrder(surface: Iterable<Declared>): readonly Declared[] {
  return [...surface].toSorted((a, b) => ALPHABET.compare(a.name, b.name));
}
