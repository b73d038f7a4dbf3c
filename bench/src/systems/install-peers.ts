import { stat } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../processes/child-processes.ts";
import { ROOT } from "./systems.ts";

const FOLDER = join(ROOT, "bench/peers");

/**
 * Installs the peers that come from npm, unless they are installed and up to date.
 * They are a package of their own, so that only people who run the benchmark download them.
 * @throws {Error} When npm fails.
 */
export async function installPeers(): Promise<void> {
  const [lock, installed] = await Promise.all(["package-lock.json", "node_modules/.package-lock.json"].map(changedMs));
  if (installed !== undefined && lock !== undefined && installed >= lock) return;
  console.log("Installing the peers (100 MB, once) …");
  await runCommand(["npm", "ci", "--silent"], FOLDER);
}

async function changedMs(file: string): Promise<number | undefined> {
  try {
    return (await stat(join(FOLDER, file))).mtimeMs;
  } catch {
    return undefined;
  }
}
