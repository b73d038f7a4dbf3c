/** Finds a Chromium for the browser tests, or installs one where it can. */
import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
const APPLICATIONS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
];

/**
 * The path of a browser that speaks Chromium's protocol.
 * @throws {Error} One sentence that says what to install, when there is none and none can be installed.
 */
export async function findBrowser(): Promise<string> {
  const chosen = process.env["CHROMIUM_PATH"];
  if (chosen !== undefined && (await isExecutable(chosen))) return chosen;
  const found = await search();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && (await inPath("apt-get")) !== undefined) {
    console.log("The browser tests need Chromium; installing it with apt-get …");
    const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update"], { env: environment });
    await run("apt-get", ["install", "--yes", "--no-install-recommends", "chromium"], {
      env: environment,
      maxBuffer: 100_000_000,
    });
    const installed = await search();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    "The browser tests need Chromium: install it (on Debian or Ubuntu: `sudo apt-get install chromium`), " +
      "or set CHROMIUM_PATH to a Chromium, Chrome or Edge.",
  );
}

async function search(): Promise<string | undefined> {
  for (const command of COMMANDS) {
    const found = await inPath(command);
    if (found !== undefined) return found;
  }
  for (const application of APPLICATIONS) if (await isExecutable(application)) return application;
  return undefined;
}

async function inPath(command: string): Promise<string | undefined> {
  for (const folder of (process.env["PATH"] ?? "").split(path.delimiter)) {
    const file = path.join(folder, command);
    if (folder !== "" && (await isExecutable(file))) return file;
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
