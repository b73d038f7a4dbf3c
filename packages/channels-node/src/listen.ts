/** Validates the address of a server, and starts to listen. */
import { fstatSync } from "node:fs";
import type { Server as HttpServer } from "node:http";
import { checkOptions, ConfigurationError, describeValue } from "@lobby/channels/server";
import { removeStaleSocket } from "./stale-socket.ts";

/**
 * The address of a server: a TCP port, the path of a unix socket, or a descriptor that already listens. Port 0 picks a
 * free port. The host of a port is 127.0.0.1 by default.
 */
export type ListenOptions =
  | { readonly port: number; readonly host?: string }
  | { readonly path: string }
  | { readonly fd: number };

const DEFAULT_HOST = "127.0.0.1";

/** The default address. */
export const DEFAULT_LISTEN: ListenOptions = { port: 8000, host: DEFAULT_HOST };

/** The options of each form of address. The first one is required. */
const FORMS = [["port", "host"], ["path"], ["fd"]] as const;

/**
 * Validates the address. Adds the default host to a port, because without a host Node would listen on every address.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown, missing or out of range.
 */
export function resolveListen(listen: ListenOptions): ListenOptions {
  const form = FORMS.find(([name]) => Object.hasOwn(Object(listen) as object, name));
  checkOptions("`listen`", listen, form ?? FORMS.flat());
  if (form === undefined) {
    throw new ConfigurationError("Expected `listen` to have a `port`, a `path` or an `fd`, got none.");
  }
  if ("path" in listen) return { path: checkText("listen.path", listen.path) };
  if ("fd" in listen) {
    const { fd } = listen;
    if (Number.isInteger(fd) && fd >= 0) return listen;
    throw new ConfigurationError(`Expected \`listen.fd\` to be the number of a descriptor, got ${describeValue(fd)}.`);
  }
  const { port, host = DEFAULT_HOST } = listen;
  checkText("listen.host", host);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return { port, host };
  throw new ConfigurationError(
    `Expected \`listen.port\` to be an integer from 0 to 65535, got ${describeValue(port)}.`,
  );
}

/**
 * Starts to listen. Takes the path of a unix socket over from a server that ended without removing the file.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the path is too long for this system, or the descriptor is
 * not that of a listening socket.
 * @throws {Error} Node's error, such as `EADDRINUSE`, when the server cannot listen for another reason.
 */
export async function startListening(http: HttpServer, listen: ListenOptions): Promise<void> {
  // Node would take another kind of descriptor over, and close it.
  if ("fd" in listen && !isSocket(listen.fd)) throw unusable(listen);
  try {
    await listenOnce(http, listen);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EINVAL" || "fd" in listen) throw unusable(listen, error);
    if (code !== "EADDRINUSE" || !("path" in listen) || !(await removeStaleSocket(listen.path))) throw error;
    await listenOnce(http, listen);
  }
}

function isSocket(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    return false;
  }
}

/** Returns the error for an address of which Node tells only that it is invalid. */
function unusable(listen: ListenOptions, cause?: unknown): unknown {
  if ("fd" in listen) {
    return new ConfigurationError(
      `Expected \`listen.fd\` to be the descriptor of a listening socket, got ${describeValue(listen.fd)}, which is ` +
        "none. Let the parent process or systemd open the socket and pass its descriptor on.",
      { cause },
    );
  }
  if (!("path" in listen)) return cause;
  const { path } = listen;
  return new ConfigurationError(
    `Expected \`listen.path\` to be a path that this system accepts, got ${describeValue(path)} of ` +
      `${Buffer.byteLength(path)} bytes. Use a path without U+0000, of at most 108 bytes on Linux and 104 on macOS.`,
    { cause },
  );
}

async function listenOnce(http: HttpServer, listen: ListenOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  http.once("error", reject);
  http.once("listening", resolve);
  http.listen(listen);
  try {
    await promise;
  } finally {
    http.off("error", reject);
    http.off("listening", resolve);
  }
}

/** Returns the URL of a listening server, such as `http://127.0.0.1:8000` or `unix:/path`. */
export function urlOf(http: HttpServer, scheme: "http" | "https"): string {
  const address = http.address();
  if (address === null || typeof address === "string") return `unix:${address ?? ""}`;
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `${scheme}://${host}:${address.port}`;
}

function checkText(name: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new ConfigurationError(`Expected \`${name}\` to be non-empty text, got ${describeValue(value)}.`);
}
