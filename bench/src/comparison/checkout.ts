import { rmSync } from "node:fs";
import { access, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../processes/child-processes.ts";
import { FRAMEWORK_SERVER } from "../systems/systems.ts";
import { UsageError } from "../usage-error.ts";
import { installDependencies } from "./install-dependencies.ts";

/** A copy of a commit with its dependencies, in a temporary folder that git ignores. */
export class Checkout implements AsyncDisposable {
  readonly folder: string;
  readonly #removeOnExit = (): void => removeFolderSync(this.folder);

  private constructor(folder: string) {
    this.folder = folder;
    process.once("exit", this.#removeOnExit);
  }

  /**
   * Copies a commit into `.tmp` of the repository and installs its dependencies.
   * The copy is removed when it is disposed, or at the latest when this process exits.
   * @param hash The full hash of a commit.
   * @throws {UsageError} When the commit has no server for the benchmark.
   * @throws {Error} When git, tar or npm fails.
   */
  static async create(repository: string, hash: string): Promise<Checkout> {
    const parent = join(repository, ".tmp");
    await mkdir(parent, { recursive: true });
    const checkout = new Checkout(await mkdtemp(join(parent, "against-")));
    try {
      await extract(repository, hash, checkout.folder);
      await checkServer(checkout.folder, hash);
      await installDependencies(repository, checkout.folder);
      return checkout;
    } catch (error) {
      await checkout[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    process.off("exit", this.#removeOnExit);
  }
}

/**
 * Returns the full hash of a commit.
 * @param name A hash, branch, tag or expression such as `HEAD~1`.
 * @throws {UsageError} When the repository has no such commit.
 */
export async function resolveCommit(repository: string, name: string): Promise<string> {
  try {
    const command = ["git", "rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`];
    return await runCommand(command, repository);
  } catch {
    throw new UsageError(`Expected --against to name a commit of this repository, got ${name}: see \`git log --all\`.`);
  }
}

async function extract(repository: string, hash: string, folder: string): Promise<void> {
  const archive = join(folder, "commit.tar");
  await runCommand(["git", "archive", `--output=${archive}`, hash], repository);
  await runCommand(["tar", "--extract", `--file=${archive}`, `--directory=${folder}`]);
  await rm(archive);
}

async function checkServer(folder: string, hash: string): Promise<void> {
  try {
    await access(join(folder, FRAMEWORK_SERVER));
  } catch {
    throw new UsageError(`Commit ${hash.slice(0, 12)} has no ${FRAMEWORK_SERVER} to measure: name a later commit.`);
  }
}

/** Removes a folder. A killed npm may still write for a moment, so removal repeats for up to a second. */
function removeFolderSync(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
