/** Finds what tests need and npm cannot bring: a browser, a Redis. Installs it where it can. */
import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What to look for. */
interface Program {
  /** What it is called in a sentence, and who needs it. */
  readonly name: string;
  readonly neededBy: string;
  /** An environment variable that may name it. */
  readonly variable: string;
  /** Names in the PATH and whole paths, the best first. */
  readonly candidates: readonly string[];
  /** The package of Debian and Ubuntu. */
  readonly aptPackage: string;
}

/** The path of a browser that speaks Chromium's protocol. */
export function findBrowser(): Promise<string> {
  return find({
    name: "Chromium, Chrome or Edge",
    neededBy: "The browser tests",
    variable: "CHROMIUM_PATH",
    candidates: [
      "chromium",
      "chromium-browser",
      "google-chrome",
      "google-chrome-stable",
      "microsoft-edge",
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ],
    aptPackage: "chromium",
  });
}

/** The path of a Redis or Valkey server. */
export function findRedis(): Promise<string> {
  return find({
    name: "Redis 7 or Valkey",
    neededBy: "The tests of the Redis layer",
    variable: "REDIS_SERVER_PATH",
    candidates: ["redis-server", "valkey-server"],
    aptPackage: "redis-server",
  });
}

/** @throws {Error} One sentence that says what to install, when it is not there and cannot be installed. */
async function find(program: Program): Promise<string> {
  const { name, neededBy, variable, aptPackage } = program;
  const found = await search(program);
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && (await locate("apt-get")) !== undefined) {
    console.log(`${neededBy} need ${name}; installing it with apt-get …`);
    await install(aptPackage);
    const installed = await search(program);
    if (installed !== undefined) return installed;
  }
  throw new Error(
    `${neededBy} need ${name}: install it (on Debian or Ubuntu: \`sudo apt-get install ${aptPackage}\`), ` +
      `or set ${variable} to its path.`,
  );
}

/** A failure is told and not thrown: the caller says what to do instead. */
async function install(aptPackage: string): Promise<void> {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, maxBuffer: 100_000_000 };
  // Somebody else may be installing something at this moment.
  const patiently = ["--option", "DPkg::Lock::Timeout=300"];
  try {
    await run("apt-get", [...patiently, "update"], options);
    await run("apt-get", [...patiently, "install", "--yes", "--no-install-recommends", aptPackage], options);
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    console.error(`apt-get failed: ${stderr?.trim() || message}`);
  }
}

async function search({ variable, candidates }: Program): Promise<string | undefined> {
  for (const candidate of [process.env[variable] ?? "", ...candidates]) {
    const found = await locate(candidate);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function locate(candidate: string): Promise<string | undefined> {
  if (candidate === "") return undefined;
  const folders = path.isAbsolute(candidate) ? [""] : (process.env["PATH"] ?? "").split(path.delimiter).filter(Boolean);
  for (const folder of folders) {
    const file = path.join(folder, candidate);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
