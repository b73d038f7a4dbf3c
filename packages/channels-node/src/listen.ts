/** The place where a server listens. */
import type { Server as HttpServer } from "node:http";
import { ConfigurationError } from "@lobby/channels/server";
import { checkOptions, describeValue } from "@lobby/channels/server";

/**
 * Where to listen: a TCP port, a unix socket, or a descriptor that already listens. Port 0 picks a free port. The host
 * of a port defaults to 127.0.0.1.
 */
export type ListenOptions =
  | { readonly port: number; readonly host?: string }
  | { readonly path: string }
  | { readonly fd: number };

const DEFAULT_HOST = "127.0.0.1";

/** The default place. */
export const DEFAULT_LISTEN: ListenOptions = { port: 8000, host: DEFAULT_HOST };

/** The options of each place. The first one is required. */
const PLACES = [["port", "host"], ["path"], ["fd"]] as const;

/**
 * Validates the place. Adds the default host to a port, because without a host Node would listen on every address.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown, missing or out of range.
 */
export function resolveListen(listen: ListenOptions): ListenOptions {
  const place = PLACES.find(([name]) => Object.hasOwn(Object(listen) as object, name));
  checkOptions("`listen`", listen, place ?? PLACES.flat());
  if (place === undefined) {
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

/** Starts to listen. Rejects with Node's error when that fails. */
export async function startListening(http: HttpServer, listen: ListenOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  http.once("error", reject);
  http.listen(listen, resolve);
  await promise;
  http.off("error", reject);
}

/** Returns the URL of a server that listens: `http://127.0.0.1:8000`, or `unix:/path`. */
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
