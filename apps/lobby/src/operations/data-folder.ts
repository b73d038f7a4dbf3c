import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, link, mkdir, readFile, stat, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { OperatorError } from "../shared/operator-error.ts";
import { makePrivate } from "./private-files.ts";

const SECRET_BYTES = 32;
const TAG_CHARACTERS = 12;
const DATABASE = "lobby.sqlite";

/** The folder with all data that must survive a restart: the database and the secret. */
export interface DataFolder {
  /** The absolute path. */
  readonly path: string;
  readonly databaseFile: string;
  /** The key that signs the cookies of guests. With it, anyone can forge the identity of every guest. */
  readonly secret: Uint8Array<ArrayBuffer>;
  /** Distinguishes this folder from every other one, and may be public: the start of a hash of the secret. */
  readonly tag: string;
  /** Sentences for the log: what other users of this machine could read or change until now, or still can. */
  readonly warnings: readonly string[];
}

/**
 * Opens a data folder. Creates the folder, the secret and an empty database when they do not exist. Takes the
 * permissions of other users from every file of Lobby in the folder.
 * @throws {OperatorError} LOBBY_DATA_FOLDER when the folder cannot be created, read or written; LOBBY_SECRET when the
 * secret is damaged.
 */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const absolute = path.resolve(folder);
  try {
    await makeFolder(absolute);
    await access(absolute, constants.R_OK | constants.W_OK | constants.X_OK);
    const secret = await loadSecret(path.join(absolute, "secret"));
    const databaseFile = path.join(absolute, DATABASE);
    // SQLite gives the other files of the database the permissions of this one.
    await makeFile(databaseFile);
    const warnings = await makePrivate(absolute);
    return { path: absolute, databaseFile, secret, tag: tagOf(secret), warnings };
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

/** Creates an empty file for its owner only, unless it exists. */
async function makeFile(file: string): Promise<void> {
  await writeFile(file, "", { flag: "wx", mode: 0o600 }).catch(ignoreExisting);
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

function tagOf(secret: Uint8Array): string {
  return createHash("sha256").update("tag of a data folder").update(secret).digest("hex").slice(0, TAG_CHARACTERS);
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
    await link(draft, file).catch(ignoreExisting);
  } finally {
    await unlink(draft);
  }
}
