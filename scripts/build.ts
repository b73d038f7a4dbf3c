/** `build.ts [web] [server]`: builds the browser client and the server for `npm start`, each when a source is newer. */
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { InlineConfig } from "vite";

const ROOT = path.join(import.meta.dirname, "..");
const LOBBY = path.join(ROOT, "apps/lobby");
const PROTOCOL = "packages/protocol/src";

interface Target {
  /** The files and folders of its sources, without the dependencies. */
  readonly sources: readonly string[];
  /** One of its output files, whose time is that of the last build. */
  readonly built: string;
  readonly config: () => Promise<InlineConfig>;
}

const TARGETS: Readonly<Record<string, Target>> = {
  web: {
    sources: ["apps/lobby/web", PROTOCOL, "packages/channels/src"],
    built: "apps/lobby/dist/web/manifest.json",
    config: async () => ({ configFile: path.join(LOBBY, "web/vite.config.ts") }),
  },
  server: {
    sources: ["apps/lobby/src", PROTOCOL, "packages/channels/src", "packages/channels-node/src"],
    built: "apps/lobby/dist/server/main.js",
    config: serverConfig,
  },
};

/** Returns the config that bundles the server and its dependencies into a few files, which start faster and need less memory. */
async function serverConfig(): Promise<InlineConfig> {
  const { defaultServerConditions } = await import("vite");
  const source = path.join(LOBBY, "src");
  const migrations = (await readdir(path.join(source, "storage/migrations"))).map((file) => path.parse(file).name);
  return {
    configFile: false,
    root: LOBBY,
    ssr: { noExternal: true, resolve: { conditions: ["source", ...defaultServerConditions] } },
    build: {
      ssr: true,
      outDir: "dist/server",
      emptyOutDir: true,
      target: "esnext",
      rolldownOptions: {
        input: {
          main: path.join(source, "main.ts"),
          "commit-thread": path.join(source, "storage/sqlite/commit-thread.ts"),
          ...Object.fromEntries(
            migrations.map((name) => [`migrations/${name}`, path.join(source, `storage/migrations/${name}.ts`)]),
          ),
        },
        // The files import each other by their names.
        output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
      },
    },
  };
}

/** Returns the time of the last change of a file, or of anything in a folder. A deletion changes its folder. */
async function changedMs(entry: string): Promise<number> {
  const status = await stat(entry);
  if (!status.isDirectory()) return status.mtimeMs;
  const inside = await readdir(entry);
  return Math.max(status.mtimeMs, ...(await Promise.all(inside.map((name) => changedMs(path.join(entry, name))))));
}

async function isUpToDate({ sources, built }: Target): Promise<boolean> {
  const all = [...sources, "package-lock.json", path.relative(ROOT, import.meta.filename)];
  const changed = await Promise.all(all.map((source) => changedMs(path.join(ROOT, source))));
  const builtMs = await changedMs(path.join(ROOT, built)).catch(() => 0);
  return builtMs >= Math.max(...changed);
}

const requested = process.argv.slice(2);
for (const [name, target] of Object.entries(TARGETS)) {
  if ((requested.length > 0 && !requested.includes(name)) || (await isUpToDate(target))) continue;
  // Vite loads slowly, and most starts do not need it.
  const { build } = await import("vite");
  await build({ ...(await target.config()), logLevel: "warn" });
}
