import { existsSync } from "node:fs";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runCommand } from "../processes/child-processes.ts";

/** The part of package-lock.json that places packages: `node_modules` paths, and links to workspaces. */
interface PackageLock {
  readonly packages: Readonly<Record<string, { readonly link?: boolean; readonly resolved?: string }>>;
}

/**
 * Installs the dependencies of a copy of the repository. If both have the same package-lock.json, the copy links to
 * the packages that the repository has installed; otherwise npm installs them again. In both cases the copy uses its
 * own workspaces.
 * @throws {Error} When npm fails.
 */
export async function installDependencies(repository: string, copy: string): Promise<void> {
  const [installed = "", wanted = ""] = await Promise.all([repository, copy].map(readLock));
  if (installed === wanted) await linkPackages(JSON.parse(wanted) as PackageLock, repository, copy);
  else await runCommand(["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], copy);
}

function readLock(folder: string): Promise<string> {
  return readFile(join(folder, "package-lock.json"), "utf8");
}

async function linkPackages({ packages }: PackageLock, repository: string, copy: string): Promise<void> {
  for (const [path, { link = false, resolved = "" }] of Object.entries(packages)) {
    // The link to a package brings the packages nested in it.
    const isTopLevel = path.split("node_modules/").length === 2;
    const target = link ? join(copy, resolved) : join(repository, path);
    // npm skips optional packages for other platforms.
    if (!isTopLevel || !existsSync(target)) continue;
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await symlink(target, join(copy, path));
  }
}
