import { readFile } from "node:fs/promises";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { findRedis } from "../../../scripts/find-program.ts";
import { runCommand } from "../processes/child-processes.ts";
import { ROOT } from "../systems/systems.ts";

/** The machine, the software and the commit of a run. */
export interface Environment {
  /** YYYY-MM-DD, in UTC. */
  readonly date: string;
  /** The first 12 digits of the commit's hash; with a "+" when the working tree has changes. */
  readonly commit: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly kernel: string;
  };
  /** Versions of the installed programs and packages, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Returns the environment of this run. */
export async function readEnvironment(): Promise<Environment> {
  const commit = await outputOf("git", "rev-parse", "--short=12", "HEAD");
  const changes = await outputOf("git", "status", "--porcelain", "--", ".", ":!docs", ":!bench/results");
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: changes === "" ? commit : `${commit}+`,
    machine: {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      kernel: `${type()} ${release()}`,
    },
    versions: await readVersions(),
  };
}

async function readVersions(): Promise<Record<string, string>> {
  const found: Record<string, string> = { node: process.version.slice(1) };
  const add = (name: string, version: string | undefined): void => {
    if (version !== undefined && version !== "") found[name] = version;
  };
  add("ws", await packageVersion("node_modules/ws"));
  for (const name of ["bun", "crossws", "socket.io", "@socket.io/redis-adapter"]) {
    add(name, await packageVersion(`bench/peers/node_modules/${name}`));
  }
  for (const name of ["daphne", "python3-django-channels", "python3-channels-redis"]) {
    add(name, await outputOf("dpkg-query", "--show", "--showformat=${Version}", name));
  }
  const redis = await findRedis().catch(() => "redis-server");
  add("redis", /v=(\S+)/.exec(await outputOf(redis, "--version"))?.[1]);
  return found;
}

async function packageVersion(folder: string): Promise<string | undefined> {
  try {
    const text = await readFile(join(ROOT, folder, "package.json"), "utf8");
    return (JSON.parse(text) as { readonly version: string }).version;
  } catch {
    return undefined;
  }
}

/** Returns the output of a command, or an empty text when the command fails. */
async function outputOf(...command: readonly string[]): Promise<string> {
  try {
    return await runCommand(command, ROOT);
  } catch {
    return "";
  }
}
