import { constants } from "node:fs";
import { access, link, mkdir, readFile, stat, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { OperatorError } from "../shared/operator-error.ts";

const SECRET_BYTES = 32;

/** The folder with all data that must survive a restart: the database and the secret. */
export interface DataFolder {
  /** The absolute path. */
  readonly path: string;
  readonly databaseFile: string;
  /** The key that signs the cookies of guests. With it, anyone can forge the identity of every guest. */
  readonly secret: Uint8Array<ArrayBuffer>;
}

/**
 * Opens a data folder. Creates the folder and the secret when they do not exist.
 * @throws {OperatorError} LOBBY_DATA_FOLDER when the folder cannot be created, read or written; LOBBY_SECRET when the
 * secret is damaged.
 */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const absolute = path.resolve(folder);
  try {
    await makeFolder(absolute);
    await access(absolute, constants.R_OK | constants.W_OK | constants.X_OK);
    const secret = await loadSecret(path.join(absolute, "secret"));
    return { path: absolute, databaseFile: path.join(absolute, "lobby.sqlite"), secret };
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(
      "LOBBY_DATA_FOLDER",
      `Cannot use ${absolute} as the data folder (${(error as NodeJS.ErrnoException).code ?? String(error)}). ` +
        "Make it readable and writable for this user, or choose another folder with --data.",
    );
  }
}

/**
 * Creates a folder and its missing parents. Node's `recursive` option loops forever in a place like /proc, where no
 * folder can be created.
 */
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
    const exists = (error as NodeJS.ErrnoException).code === "EEXIST" && (await stat(folder)).isDirectory();
    if (!exists) throw error;
  }
}

async function loadSecret(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (!exists) await makeSecret(file);
  const secret = new Uint8Array(await readFile(file));
  if (secret.length === SECRET_BYTES) return secret;
  throw new OperatorError(
    "LOBBY_SECRET",
    `${file} is damaged: it has ${secret.length} bytes instead of ${SECRET_BYTES}. ` +
      "Restore it from a backup, or delete it, which gives every guest a new identity.",
  );
}

/** Creates the secret unless another process has just done so. The file appears complete or not at all. */
async function makeSecret(file: string): Promise<void> {
  const draft = `${file}.${crypto.randomUUID()}`;
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  await writeFile(draft, secret, { flag: "wx", mode: 0o600, flush: true });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await unlink(draft);
  }
}
