/** The folder that holds everything that lasts: the database and the secret. */
import { constants } from "node:fs";
import { access, link, mkdir, readFile, stat, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { OperatorError } from "./operator-error.ts";

const SECRET_BYTES = 32;

/** What is in the folder. */
export interface DataFolder {
  readonly databaseFile: string;
  /** Signs the cookies of guests. Whoever has it can be anybody. */
  readonly secret: Uint8Array<ArrayBuffer>;
}

/**
 * Opens the folder, or makes it, and makes the secret when there is none.
 * @throws {OperatorError} LOBBY_DATA_FOLDER when the folder cannot be made, read or written;
 * LOBBY_SECRET when its secret is damaged.
 */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const absolute = path.resolve(folder);
  try {
    await makeFolder(absolute);
    await access(absolute, constants.R_OK | constants.W_OK | constants.X_OK);
    return { databaseFile: path.join(absolute, "lobby.sqlite"), secret: await secretIn(absolute) };
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(
      "LOBBY_DATA_FOLDER",
      `Cannot use ${absolute} as the data folder (${(error as NodeJS.ErrnoException).code ?? String(error)}). ` +
        "Make it readable and writable for this user, or choose another with --data.",
    );
  }
}

/** Makes a folder and what is missing above it. Node's own recursion never ends where nothing can be made, as in /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await makeLastFolder(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await makeFolder(path.dirname(folder));
    await makeLastFolder(folder);
  }
}

async function makeLastFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === "EEXIST" && (await stat(folder)).isDirectory();
    if (!isThere) throw error;
  }
}

async function secretIn(folder: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = path.join(folder, "secret");
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) await makeSecret(file);
  const secret = new Uint8Array(await readFile(file));
  if (secret.length === SECRET_BYTES) return secret;
  throw new OperatorError(
    "LOBBY_SECRET",
    `${file} is damaged: it has ${secret.length} bytes instead of ${SECRET_BYTES}. ` +
      "Restore it from a backup, or delete it: guests then get new identities.",
  );
}

/** Makes the secret unless there is one. It appears whole: another start may be looking at this moment. */
async function makeSecret(file: string): Promise<void> {
  const draft = `${file}.${crypto.randomUUID()}`;
  const made = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  await writeFile(draft, made, { flag: "wx", mode: 0o600, flush: true });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await unlink(draft);
  }
}
