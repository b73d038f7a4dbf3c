/** Builds the browser client when anything it is made of is newer than the build. */
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { build } from "vite";

const root = path.join(import.meta.dirname, "..");
const sources = ["apps/lobby/web", "packages/protocol/src", "package-lock.json"];
const manifest = path.join(root, "apps/lobby/dist/web/manifest.json");

async function newestMs(entry: string): Promise<number> {
  const { mtimeMs } = await stat(entry);
  if (!(await stat(entry)).isDirectory()) return mtimeMs;
  const inside = await readdir(entry);
  return Math.max(...(await Promise.all(inside.map((name) => newestMs(path.join(entry, name))))));
}

async function builtMs(): Promise<number> {
  try {
    return (await stat(manifest)).mtimeMs;
  } catch {
    return 0;
  }
}

const changedMs = Math.max(...(await Promise.all(sources.map((source) => newestMs(path.join(root, source))))));
if (changedMs > (await builtMs())) {
  await build({ configFile: path.join(root, "apps/lobby/web/vite.config.ts"), logLevel: "warn" });
}
