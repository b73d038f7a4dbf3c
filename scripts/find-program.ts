/** Finds what npm cannot bring: a browser, a Redis, a Django Channels. Installs it where it can. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A browser that starts for the first time takes its time. */
const VERSION_TIMEOUT_MS = 30_000;

/** What to look for. */
interface Program {
  /** What it is called in a sentence, and who needs it. */
  readonly name: string;
  readonly neededBy: string;
  /** An environment variable that may name it. */
  readonly variable: string;
  /** Names in the PATH and whole paths, the best first. */
  readonly candidates: readonly string[];
  /** The arguments with which it has to succeed, when `--version` says too little. */
  readonly check?: readonly string[];
  readonly aptPackages: readonly string[];
  /** What to do where that cannot be installed, or does not help. */
  readonly remedy: string;
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
    aptPackages: ["chromium"],
    remedy:
      "On Debian: `sudo apt-get install chromium`. On Ubuntu, whose chromium is a snap that runs in no container, " +
      "install Google Chrome from https://www.google.com/chrome/.",
  });
}

/** The path of a Redis or Valkey server. */
export function findRedis(): Promise<string> {
  return find({
    name: "Redis 7 or Valkey",
    neededBy: "The tests and the benchmark of the Redis layer",
    variable: "REDIS_SERVER_PATH",
    candidates: ["redis-server", "valkey-server"],
    aptPackages: ["redis-server"],
    remedy: "On Debian or Ubuntu: `sudo apt-get install redis-server`.",
  });
}

/** The path of a Python that has Daphne and Django Channels. */
export function findDjango(): Promise<string> {
  return find({
    name: "Python with Daphne, Django Channels and channels_redis",
    neededBy: "The comparisons with Django Channels",
    variable: "DJANGO_PYTHON_PATH",
    candidates: ["python3", "/usr/bin/python3"],
    check: ["-c", "import channels, channels_redis, daphne"],
    aptPackages: ["daphne", "python3-django-channels", "python3-channels-redis"],
    remedy: "On Debian or Ubuntu: `sudo apt-get install daphne python3-django-channels python3-channels-redis`.",
  });
}

/** @throws {Error} What to install, when it is not there and cannot be installed. */
async function find(program: Program): Promise<string> {
  const { name, neededBy, variable, aptPackages, remedy } = program;
  const found = await search(program);
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && (await locate("apt-get")) !== undefined) {
    console.log(`${neededBy} need ${name}; installing it with apt-get …`);
    await install(aptPackages);
    const installed = await search(program);
    if (installed !== undefined) return installed;
  }
  throw new Error(`${neededBy} need ${name}. ${remedy} Or set ${variable} to the path of one that works.`);
}

/** Installs packages. Logs a failure instead of throwing it, because the caller throws with the remedy. */
async function install(aptPackages: readonly string[]): Promise<void> {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, maxBuffer: 100_000_000 };
  // Somebody else may be installing something at this moment.
  const patiently = ["--option", "DPkg::Lock::Timeout=300"];
  try {
    await run("apt-get", [...patiently, "update"], options);
    await run("apt-get", [...patiently, "install", "--yes", "--no-install-recommends", ...aptPackages], options);
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    console.error(`apt-get failed: ${stderr?.trim() || message}`);
  }
}

async function search({ variable, candidates, check }: Program): Promise<string | undefined> {
  for (const candidate of [process.env[variable] ?? "", ...candidates]) {
    const found = await locate(candidate, check);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function locate(candidate: string, check: readonly string[] = ["--version"]): Promise<string | undefined> {
  if (candidate === "") return undefined;
  const folders = path.isAbsolute(candidate) ? [""] : (process.env["PATH"] ?? "").split(path.delimiter).filter(Boolean);
  for (const folder of folders) {
    const file = path.join(folder, candidate);
    if (await starts(file, check)) return file;
  }
  return undefined;
}

/** Whether it is there and works: a browser may be a mere script that says to install another, as on Ubuntu. */
async function starts(file: string, check: readonly string[]): Promise<boolean> {
  try {
    await run(file, check, { timeout: VERSION_TIMEOUT_MS });
    return true;
  } catch {
    return false;
  }
}
