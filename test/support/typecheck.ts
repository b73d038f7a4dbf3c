/** Type-checks the TypeScript of Markdown pages with the compiler and the options of the project. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { codeBlocks, filesShown, isNamed, type CodeBlock, type NamedBlock } from "./markdown.ts";
import { ROOT } from "./repository.ts";

/** A Markdown page. */
export interface Page {
  readonly path: string;
  readonly markdown: string;
}

/** The blocks that a checked file comes from. */
interface Source {
  readonly block: CodeBlock;
  /** The newest block in the check of the file. */
  readonly asOf: CodeBlock;
}

/**
 * Type-checks every `ts` block. A block with the path of a file is checked together with the files that the page has
 * shown so far, and again with each later block. Any other block is checked alone.
 * @returns the errors, each with its page and line: `docs/layers.md:12:7: error TS…`.
 */
export async function typeErrors(pages: readonly Page[]): Promise<readonly string[]> {
  await mkdir(join(ROOT, ".tmp"), { recursive: true });
  const folder = await mkdtemp(join(ROOT, ".tmp", "docs-"));
  try {
    const sources = new Map<string, Source>();
    const projects = [new Project(join(folder, "files"), {}), new Project(join(folder, "snippets"), SNIPPET_OPTIONS)];
    const [files, snippets] = projects as [Project, Project];
    for (const [index, page] of pages.entries()) {
      const blocks = codeBlocks(page.path, page.markdown).filter(({ language }) => language === "ts");
      for (const [at, asOf] of blocks.entries()) {
        const name = `${index}-${asOf.line}`;
        if (isNamed(asOf)) {
          const shown = filesShown(blocks.slice(0, at + 1)).values();
          for (const block of shown) sources.set(files.add(join(name, block.path), block.code), { block, asOf });
        } else {
          sources.set(snippets.add(join(name, "snippet.ts"), asOf.code), { block: asOf, asOf });
        }
      }
    }
    const used = projects.filter((project) => !project.isEmpty);
    for (const project of used) await project.write();
    if (used.length === 0) return [];
    const errors = await compile(used.map((project) => project.folder));
    return [...new Set(errors.map((error) => withPlaceInPage(error, sources)))];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Snippets may declare values that they do not use. */
const SNIPPET_OPTIONS = { noUnusedLocals: false, noUnusedParameters: false, moduleDetection: "force" };

/** Writes the files that a page has shown up to and including a block. */
export async function writeFilesShown(folder: string, blocks: readonly CodeBlock[], until: NamedBlock): Promise<void> {
  const shown = filesShown(blocks.slice(0, blocks.indexOf(until) + 1)).values();
  for (const block of shown) await writeIn(folder, block.path, block.code);
}

class Project {
  readonly folder: string;
  readonly #options: object;
  readonly #files = new Map<string, string>();

  constructor(folder: string, options: object) {
    this.folder = folder;
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#files.size === 0;
  }

  /** Adds a file and returns its path in the messages of the compiler. */
  add(path: string, code: string): string {
    this.#files.set(path, code);
    return join(this.folder, path);
  }

  async write(): Promise<void> {
    for (const [path, code] of this.#files) await writeIn(this.folder, path, code);
    const code = [...this.#files.values()].join("\n");
    const packages = new Set([...code.matchAll(/["']@lobby\/([\w-]+)/g)].map(([, name = ""]) => name));
    const config = {
      extends: relative(this.folder, join(ROOT, "examples/tutorial/tsconfig.json")),
      compilerOptions: { composite: false, incremental: false, noEmit: true, rootDir: ".", ...this.#options },
      include: ["**/*.ts"],
      references: [...packages].map((name) => ({ path: join(ROOT, "packages", name) })),
    };
    await writeIn(this.folder, "tsconfig.json", JSON.stringify(config));
  }
}

async function writeIn(folder: string, path: string, content: string): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

/** Returns the errors of the compiler, each with its lines of explanation. */
function compile(projects: readonly string[]): Promise<readonly string[]> {
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [compiler, "-b", "--pretty", "false", ...projects], { cwd: ROOT }, (error, stdout) => {
      const errors = stdout.split(/\n(?! )/).filter((text) => text.trim() !== "");
      if (error !== null && errors.length === 0) reject(error);
      else resolve(errors);
    });
  });
}

function withPlaceInPage(error: string, sources: ReadonlyMap<string, Source>): string {
  const [, file = "", row = "", column = "", message = ""] = /^(.+?)\((\d+),(\d+)\): (.+)$/s.exec(error) ?? [];
  const source = sources.get(join(ROOT, file));
  if (source === undefined) return error;
  const { block, asOf } = source;
  const place = `${block.page}:${block.line + Number(row)}:${column}`;
  return block === asOf ? `${place}: ${message}` : `${place}: (once line ${asOf.line} is shown) ${message}`;
}
