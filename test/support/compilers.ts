/** Compiles TypeScript with every version of the compiler that the packages support. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ROOT } from "./repository.ts";

const run = promisify(execFile);

/** One version of the compiler. */
export interface Compiler {
  readonly name: string;
  /** The file that runs it. */
  readonly path: string;
}

const NEWEST: Compiler = { name: "TypeScript 7.0", path: join(ROOT, "node_modules/typescript/bin/tsc") };

/** The newest and the oldest version that the packages support. */
export const COMPILERS: readonly Compiler[] = [
  NEWEST,
  { name: "TypeScript 5.9", path: fileURLToPath(import.meta.resolve("typescript-5.9/bin/tsc")) },
];

/** The files of one program. */
export interface Program {
  /** Paths of files that exist, from the root of the repository. */
  readonly existing?: readonly string[];
  /** Code by file name, such as `room.ts`. */
  readonly written?: Readonly<Record<string, string>>;
}

/** The outcome of one run of the compiler. */
export interface Outcome {
  /** The errors of each file, in the order of their lines, by its path or name. Each has all its lines. */
  readonly errors: ReadonlyMap<string, readonly string[]>;
  /** How many types the compiler instantiated. */
  readonly instantiations: number;
}

/** Builds the declarations of the packages, which programs are compiled against as users compile theirs. */
export async function buildDeclarations(): Promise<void> {
  const packages = ["channels", "channels-node", "protocol"].map((name) => join(ROOT, "packages", name));
  await run(process.execPath, [NEWEST.path, "--build", ...packages]);
}

/** Compiles a program against the declarations that `buildDeclarations` made. */
export async function compile(compiler: Compiler, { existing = [], written = {} }: Program): Promise<Outcome> {
  await mkdir(join(ROOT, ".tmp"), { recursive: true });
  const folder = await mkdtemp(join(ROOT, ".tmp", "types-"));
  try {
    for (const [name, code] of Object.entries(written)) await writeFile(join(folder, name), code);
    const config = {
      extends: relative(folder, join(ROOT, "packages/channels/test/tsconfig.json")),
      compilerOptions: {
        composite: false,
        incremental: false,
        isolatedDeclarations: false,
        noUnusedLocals: false,
        customConditions: [],
      },
      files: [...existing.map((path) => join(ROOT, path)), ...Object.keys(written)],
      include: [],
      references: [],
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
    const args = [compiler.path, "-p", folder, "--pretty", "false", "--extendedDiagnostics"];
    const { stdout } = await run(process.execPath, args, { cwd: ROOT }).catch(
      (error: unknown) => error as { stdout: string },
    );
    return outcomeOf(stdout, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const ERROR = /^(\S.*?)\(\d+,\d+\): error TS\d+: (.*(?:\n .*)*)/gm;

function outcomeOf(output: string, folder: string): Outcome {
  const errors = new Map<string, string[]>();
  for (const [, path = "", message = ""] of output.matchAll(ERROR)) {
    const file = dirname(path) === relative(ROOT, folder) ? basename(path) : path;
    errors.set(file, [...(errors.get(file) ?? []), message]);
  }
  const [, instantiations] = /^Instantiations:\s+(\d+)/m.exec(output) ?? [];
  if (instantiations === undefined) throw new Error(`The compiler failed:\n${output}`);
  return { errors, instantiations: Number(instantiations) };
}
