import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runCommand } from "../../src/processes/child-processes.ts";
import { FRAMEWORK_SERVER, ROOT } from "../../src/systems/systems.ts";

/** An echo server that computes for `busyMs` per message, or closes the connection when `busyMs` is negative. */
const SERVER = `
import { busyMs } from "@fixture/busy";
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
server.on("connection", (client) => {
  client.on("message", (message) => {
    if (busyMs < 0) return client.close(1011);
    const untilMs = performance.now() + busyMs;
    while (performance.now() < untilMs);
    client.send(message, { binary: false });
  });
});
server.on("listening", () => console.log("listening on " + server.address().port));
`;

const BUSY_PACKAGE = { name: "@fixture/busy", version: "1.0.0", type: "module", exports: "./index.js" };

/** A package-lock.json with one workspace and one package from npm. */
const LOCK = {
  name: "fixture",
  lockfileVersion: 3,
  requires: true,
  packages: {
    "": { name: "fixture", workspaces: ["packages/*"] },
    "node_modules/@fixture/busy": { resolved: "packages/busy", link: true },
    "node_modules/ws": { version: "8.23.0" },
    "packages/busy": { name: "@fixture/busy", version: "1.0.0" },
  },
};

/**
 * A small git repository with what `--against` needs: a server, a workspace that the server imports, and the
 * installed package `ws`.
 */
export class FixtureRepository implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<FixtureRepository> {
    const repository = new FixtureRepository(await mkdtemp(join(tmpdir(), "bench-repository-")));
    await repository.write("package.json", JSON.stringify({ name: "fixture", workspaces: ["packages/*"] }));
    await repository.write("package-lock.json", JSON.stringify(LOCK));
    await repository.write("packages/busy/package.json", JSON.stringify(BUSY_PACKAGE));
    await repository.write(".gitignore", "node_modules/\n.tmp/\n");
    await mkdir(join(repository.folder, "node_modules/@fixture"), { recursive: true });
    await symlink("../../packages/busy", join(repository.folder, "node_modules/@fixture/busy"));
    await symlink(join(ROOT, "node_modules/ws"), join(repository.folder, "node_modules/ws"));
    await runCommand(["git", "init", "--quiet"], repository.folder);
    return repository;
  }

  async write(file: string, text: string): Promise<void> {
    const path = join(this.folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }

  /** Writes the server, and how long it computes per message. */
  async writeServer(busyMs: number): Promise<void> {
    await this.write(FRAMEWORK_SERVER, SERVER);
    await this.write("packages/busy/index.js", `export const busyMs = ${busyMs};\n`);
  }

  /** Commits all files. @returns The full hash of the commit. */
  async commit(): Promise<string> {
    await this.#git("add", "--all");
    await this.#git("commit", "--quiet", "--allow-empty", "--message=Fixture");
    return this.#git("rev-parse", "HEAD");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  #git(...args: readonly string[]): Promise<string> {
    const identity = ["-c", "user.name=Fixture", "-c", "user.email=fixture@localhost", "-c", "commit.gpgsign=false"];
    return runCommand(["git", ...identity, ...args], this.folder);
  }
}
