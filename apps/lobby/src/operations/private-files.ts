import { chmod, lstat, readdir } from "node:fs/promises";
import path from "node:path";

/** The files of Lobby in a data folder, with copies beside them: the database, its log and its index, secret, lock. */
const OWN_FILES = /^(?:lobby\.sqlite|secret|lock)(?:$|[-.])/;

const OTHER_USERS = 0o077;
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Takes the permissions of other users from every file of Lobby in a folder.
 * @returns Sentences for the log: the files that other users could use until now, or still can.
 */
export async function makePrivate(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => OWN_FILES.test(name));
  const outcomes = await Promise.all(
    names.map(async (name) => [name, await makeFilePrivate(path.join(folder, name))] as const),
  );
  const withOutcome = (wanted: Outcome): string =>
    outcomes.flatMap(([name, outcome]) => (outcome === wanted ? [name] : [])).join(", ");
  const warnings: string[] = [];
  const [tightened, exposed] = [withOutcome("tightened"), withOutcome("exposed")];
  if (tightened !== "") {
    const advice = "If one of them may have read `secret`, delete it and restart: every guest gets a new identity.";
    warnings.push(
      `Other users of this machine could use ${tightened} in ${folder}. Now only the owner can.` +
        (tightened.includes("secret") ? ` ${advice}` : ""),
    );
  }
  if (exposed !== "") {
    warnings.push(`Other users of this machine can use ${exposed} in ${folder}. Give these files the mode 600.`);
  }
  if (((await lstat(folder)).mode & WRITABLE_BY_OTHERS) !== 0) {
    warnings.push(`Other users of this machine can replace the files in ${folder}. Give the folder the mode 700.`);
  }
  return warnings;
}

type Outcome = "private" | "tightened" | "exposed";

/** Leaves a link alone, because its target may belong to another program. */
async function makeFilePrivate(file: string): Promise<Outcome> {
  const before = await lstat(file).catch(ignoreMissing);
  if (before === undefined || !before.isFile() || (before.mode & OTHER_USERS) === 0) return "private";
  // Some file systems have no permissions, or grant a change to nobody.
  await chmod(file, before.mode & 0o700).catch(() => undefined);
  return ((await lstat(file)).mode & OTHER_USERS) === 0 ? "tightened" : "exposed";
}

/** A simultaneous start removes the draft of its secret. */
function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
