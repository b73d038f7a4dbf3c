/** On what, and with what, was measured. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { promisify } from "node:util";
import { findRedis } from "../../scripts/find-program.ts";

const run = promisify(execFile);

export interface Circumstances {
  readonly date: string;
  /** With a "+" when the working copy differs from it. */
  readonly commit: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly kernel: string;
  };
  /** By name; without what is not there. */
  readonly versions: Readonly<Record<string, string>>;
}

export async function circumstances(): Promise<Circumstances> {
  const commit = await output("git", "rev-parse", "--short=12", "HEAD");
  const changes = await output("git", "status", "--porcelain", "--", ".", ":!docs", ":!bench/results");
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: changes === "" ? commit : `${commit}+`,
    machine: {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      kernel: `${type()} ${release()}`,
    },
    versions: await versions(),
  };
}

async function versions(): Promise<Record<string, string>> {
  const found: Record<string, string> = { node: process.version.slice(1) };
  const note = (name: string, version: string | undefined): void => {
    if (version !== undefined && version !== "") found[name] = version;
  };
  note("ws", await packageVersion("../../node_modules/ws"));
  for (const name of ["bun", "crossws", "socket.io", "@socket.io/redis-adapter"]) {
    note(name, await packageVersion(`../peers/node_modules/${name}`));
  }
  for (const name of ["daphne", "python3-django-channels", "python3-channels-redis"]) {
    note(name, await output("dpkg-query", "--show", "--showformat=${Version}", name));
  }
  note("redis", /v=(\S+)/.exec(await output(await findRedis().catch(() => "redis-server"), "--version"))?.[1]);
  return found;
}

async function packageVersion(folder: string): Promise<string | undefined> {
  try {
    const text = await readFile(new URL(`${folder}/package.json`, import.meta.url), "utf8");
    return (JSON.parse(text) as { readonly version: string }).version;
  } catch {
    return undefined;
  }
}

/** What a command says, or nothing when it fails. */
async function output(file: string, ...args: readonly string[]): Promise<string> {
  try {
    return (await run(file, args)).stdout.trim();
  } catch {
    return "";
  }
}
