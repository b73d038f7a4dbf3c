/** The peers that npm brings are a package of their own: only who measures pays for them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../peers", import.meta.url));

/** @throws {Error} When npm does. */
export async function installPeers(): Promise<void> {
  const [lock, installed] = await Promise.all(["package-lock.json", "node_modules/.package-lock.json"].map(changedMs));
  if (installed !== undefined && lock !== undefined && installed >= lock) return;
  console.log("Installing the peers (100 MB, once) …");
  const child = spawn("npm", ["ci", "--silent"], { cwd: FOLDER, stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`\`npm ci\` in ${FOLDER} ended with ${code}.`);
}

async function changedMs(file: string): Promise<number | undefined> {
  try {
    return (await stat(FOLDER + file)).mtimeMs;
  } catch {
    return undefined;
  }
}
