import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { OperatorError } from "../shared/operator-error.ts";

/** Two folders above this file, in the sources as in a build. */
const BUILD_FOLDER = path.join(import.meta.dirname, "../../dist/web");

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

const compress = promisify(gzip);

/** Vite's manifest: the built file of each source file. */
type Manifest = Readonly<Record<string, { readonly file: string }>>;

/** The content of one file with its media type. */
export interface ClientFile {
  readonly body: Uint8Array<ArrayBuffer>;
  /** The body in gzip's format. */
  readonly gzipped: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** The built browser client: a few files in memory, each at an address that changes with its content. */
export class ClientFiles {
  /** The addresses that every page links. */
  readonly script: string;
  readonly style: string;
  readonly icon: string;
  readonly #files: ReadonlyMap<string, ClientFile>;

  constructor(manifest: Manifest, files: ReadonlyMap<string, ClientFile>) {
    this.script = `/${manifest["main.ts"]?.file}`;
    this.style = `/${manifest["style.css"]?.file}`;
    this.icon = `/${manifest["icon.svg"]?.file}`;
    this.#files = files;
  }

  /** Returns the file at an address such as `/assets/main-4f2a.js`. */
  get(address: string): ClientFile | undefined {
    return this.#files.get(address);
  }
}

/**
 * Loads the built browser client.
 * @throws {OperatorError} LOBBY_WEB_NOT_BUILT when there is no build.
 */
export async function loadClientFiles(): Promise<ClientFiles> {
  try {
    const manifest = JSON.parse(Buffer.from(await read("manifest.json")).toString()) as Manifest;
    const files = Object.values(manifest).map(async ({ file }): Promise<[string, ClientFile]> => {
      const type = CONTENT_TYPES[path.extname(file)] ?? "application/octet-stream";
      const body = await read(file);
      return [`/${file}`, { body, gzipped: await compress(body), type }];
    });
    return new ClientFiles(manifest, new Map(await Promise.all(files)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new OperatorError("LOBBY_WEB_NOT_BUILT", "The browser client is not built. Run `npm run build:web` first.");
  }
}

function read(file: string): Promise<Uint8Array<ArrayBuffer>> {
  return readFile(path.join(BUILD_FOLDER, file));
}
