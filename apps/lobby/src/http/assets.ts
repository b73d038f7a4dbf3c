/** The built browser client, held in memory: a few files whose names change with their content. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { OperatorError } from "../operator-error.ts";

const BUILD_FOLDER = path.join(import.meta.dirname, "../../dist/web");

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** What Vite's manifest says of one source file. */
interface Built {
  readonly file: string;
}

/** One file, ready to be sent. */
export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** See the head of this file. */
export class Assets {
  /** Addresses of what every page links. */
  readonly script: string;
  readonly style: string;
  readonly icon: string;
  readonly #files: ReadonlyMap<string, Asset>;

  constructor(manifest: Readonly<Record<string, Built>>, files: ReadonlyMap<string, Asset>) {
    this.script = `/${manifest["main.ts"]?.file}`;
    this.style = `/${manifest["style.css"]?.file}`;
    this.icon = `/${manifest["icon.svg"]?.file}`;
    this.#files = files;
  }

  /** The file at an address such as `/assets/main-4f2a.js`. */
  get(address: string): Asset | undefined {
    return this.#files.get(address);
  }
}

/** @throws {OperatorError} LOBBY_WEB_NOT_BUILT when the browser client has not been built. */
export async function loadAssets(): Promise<Assets> {
  try {
    const manifest = JSON.parse(Buffer.from(await read("manifest.json")).toString()) as Record<string, Built>;
    const files = Object.values(manifest).map(async ({ file }): Promise<[string, Asset]> => {
      const type = CONTENT_TYPES[path.extname(file)] ?? "application/octet-stream";
      return [`/${file}`, { body: await read(file), type }];
    });
    return new Assets(manifest, new Map(await Promise.all(files)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new OperatorError("LOBBY_WEB_NOT_BUILT", "The browser client is not built. Run `npm run build:web` first.");
  }
}

function read(file: string): Promise<Uint8Array<ArrayBuffer>> {
  return readFile(path.join(BUILD_FOLDER, file));
}
