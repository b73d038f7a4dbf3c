/** Finds the programs that npm cannot install: a browser, Redis, proxies and Django Channels. Installs them as root on Debian. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A browser may need seconds for its first start. */
const VERSION_TIMEOUT_MS = 30_000;

/** A program to find. */
interface Program {
  /** The name of the program in messages. */
  readonly name: string;
  /** The users of the program, as the subject of a sentence. */
  readonly neededBy: string;
  /** An environment variable that may hold its path. */
  readonly variable: string;
  /** Names in the PATH and absolute paths, the best first. */
  readonly candidates: readonly string[];
  /** The arguments of a call that succeeds only for a usable program. Default `--version`. */
  readonly check?: readonly string[];
  readonly aptPackages: readonly string[];
  /** The instructions for a person, in case the installation is impossible or fails. */
  readonly remedy: string;
}

/** Returns the path of a browser that supports the protocol of Chromium. Throws as `find` does. */
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
      "On Debian: `sudo apt-get install chromium`. On Ubuntu, whose chromium is a snap that does not run in containers, " +
      "install Google Chrome from https://www.google.com/chrome/.",
  });
}

/** Returns the path of a Redis or Valkey server. Throws as `find` does. */
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

/** Returns the path of nginx. Throws as `find` does. */
export function findNginx(): Promise<string> {
  return find({
    name: "nginx",
    neededBy: "The tests behind proxies",
    variable: "NGINX_PATH",
    candidates: ["nginx", "/usr/sbin/nginx"],
    check: ["-v"],
    aptPackages: ["nginx"],
    remedy: "On Debian or Ubuntu: `sudo apt-get install nginx`.",
  });
}

/** Returns the path of HAProxy. Throws as `find` does. */
export function findHaproxy(): Promise<string> {
  return find({
    name: "HAProxy 2.4 or later",
    neededBy: "The tests behind proxies",
    variable: "HAPROXY_PATH",
    candidates: ["haproxy", "/usr/sbin/haproxy"],
    check: ["-v"],
    aptPackages: ["haproxy"],
    remedy: "On Debian or Ubuntu: `sudo apt-get install haproxy`.",
  });
}

/** Returns the path of a Python with Daphne and Django Channels. Throws as `find` does. */
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

/**
 * Finds a program, or installs it.
 * @throws {Error} The remedy, when the program is missing and the installation is impossible or fails.
 */
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

/** Installs packages. Prints a failure instead of throwing it, because `find` throws the remedy. */
async function install(aptPackages: readonly string[]): Promise<void> {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, maxBuffer: 100_000_000 };
  // Another program may be installing packages at the moment.
  const waitForLock = ["--option", "DPkg::Lock::Timeout=300"];
  try {
    await run("apt-get", [...waitForLock, "update"], options);
    await run("apt-get", [...waitForLock, "install", "--yes", "--no-install-recommends", ...aptPackages], options);
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
    if (await works(file, check)) return file;
  }
  return undefined;
}

/** Returns whether a program exists and works. On Ubuntu, `chromium-browser` may be a script that only prints advice. */
async function works(file: string, check: readonly string[]): Promise<boolean> {
  try {
    await run(file, check, { timeout: VERSION_TIMEOUT_MS });
    return true;
  } catch {
    return false;
  }
}
