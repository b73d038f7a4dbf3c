/** What a server can be told, and what it does when it is told nothing. */
import type { ServerOptions as TlsOptions } from "node:https";
import { ConfigurationError, type AllowedOrigins, type ConsumerReport } from "@lobby/channels";
import {
  checkClose,
  checkLimits,
  checkOptions,
  isolateHook,
  MAX_TIMER_MS,
  logReport,
  describeValue,
} from "@lobby/channels/server";
import type { AllowedHosts } from "./allowed-hosts.ts";

/**
 * Where to listen: a TCP port (0 picks a free one; the host is 127.0.0.1 unless
 * named), a unix socket, or a descriptor that is listening already.
 */
export type ListenOptions =
  | { readonly port: number; readonly host?: string }
  | { readonly path: string }
  | { readonly fd: number };

/** One line for an access log: an HTTP request that was answered, or a WebSocket that opened, was refused or closed. */
export interface AccessLogEntry {
  readonly kind: "http" | "websocket-open" | "websocket-refused" | "websocket-close";
  readonly method: string;
  /** Path and query as they were asked for. */
  readonly target: string;
  readonly client: string;
  /** HTTP status, 499 when the client left before it was answered; the close code for `websocket-close`. */
  readonly status: number;
  /** How long the request took, or the connection lasted. */
  readonly durationMs: number;
}

/** Limits, times and hooks of a server. What a hook throws is written to the console. */
export interface ServerOptions {
  /** Default `{ port: 8000, host: "127.0.0.1" }`. Port 0 picks a free one. */
  readonly listen?: ListenOptions;
  /** Certificate and key: speak TLS. */
  readonly tls?: TlsOptions;
  /** Which hosts it answers for; a request for another is answered with 421. Default `"any"`. */
  readonly allowedHosts?: AllowedHosts;
  /** Which pages may open a socket. Default `"same-origin"`. */
  readonly allowedOrigins?: AllowedOrigins;
  /**
   * Addresses or ranges (`10.0.0.0/8`, `::1`, or `unix` for peers on a unix
   * socket) whose X-Forwarded-For, -Proto and -Host count. Default: none.
   */
  readonly trustProxy?: readonly string[];
  /** The largest message a client may send; a larger one closes with 1009. Default 1,048,576. */
  readonly maxPayloadBytes?: number;
  /**
   * The largest body a request may have. One that announces more is answered with 413, and no application sees it; one
   * that grows past it rejects with `BodyTooLargeError` where it is read. Default 1,048,576.
   */
  readonly maxBodyBytes?: number;
  /**
   * How much may wait for a peer that does not read. Past it the peer is closed
   * with `slowClientCloseCode`, and cut when that does not get through either. Default 1,048,576.
   */
  readonly maxBufferedBytes?: number;
  /** Default 1013, "try again later". */
  readonly slowClientCloseCode?: number;
  /** How long an application may take to answer a handshake, before it is answered with 503. Default 5,000. */
  readonly handshakeTimeoutMs?: number;
  /** Between two pings of one socket; a peer that answers none is cut within two intervals. Default 25,000. */
  readonly pingIntervalMs?: number;
  /** How long a peer may take to answer a close, or to read a denial. Default 5,000. */
  readonly closeTimeoutMs?: number;
  /** How long a client may take to send the head of a request. Default 10,000. */
  readonly headersTimeoutMs?: number;
  /** How long a client may take to send a whole request. Default 60,000. */
  readonly requestTimeoutMs?: number;
  /** Told of every request and connection. Default: nobody is. */
  readonly onAccess?: (entry: AccessLogEntry) => void;
  /** Told what goes wrong in applications. Default: a line on standard error. */
  readonly onReport?: (report: ConsumerReport) => void;
}

/** Every option with its value. */
export type ResolvedOptions = Required<Omit<ServerOptions, OptionalName>> & Pick<ServerOptions, OptionalName>;
type OptionalName = "tls" | "onAccess";

const DEFAULTS = {
  listen: { port: 8000, host: "127.0.0.1" },
  allowedHosts: "any",
  allowedOrigins: "same-origin",
  trustProxy: [],
  maxPayloadBytes: 1_048_576,
  maxBodyBytes: 1_048_576,
  maxBufferedBytes: 1_048_576,
  slowClientCloseCode: 1013,
  handshakeTimeoutMs: 5_000,
  pingIntervalMs: 25_000,
  closeTimeoutMs: 5_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  onReport: logReport,
} as const;

const NAMES = [...Object.keys(DEFAULTS), "tls", "onAccess"];

const WAYS_TO_LISTEN = [["port", "host"], ["path"], ["fd"]] as const;

/** @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range. */
export function resolveOptions(options: ServerOptions): ResolvedOptions {
  checkOptions("The server", options, NAMES);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const limits = Object.entries(given).filter(([name]) => /Ms$|Bytes$/.test(name));
  // It is the largest message that `ws` can limit as well.
  checkLimits(Object.fromEntries(limits), MAX_TIMER_MS);
  const { slowClientCloseCode } = options;
  if (slowClientCloseCode !== undefined && !isCloseCode(slowClientCloseCode)) {
    throw new ConfigurationError(
      `Expected \`slowClientCloseCode\` to be a close code, got ${describeValue(slowClientCloseCode)}.`,
    );
  }
  const { listen = DEFAULTS.listen, onAccess, onReport = DEFAULTS.onReport } = options;
  return {
    ...DEFAULTS,
    ...given,
    listen: resolveListen(listen),
    onReport: isolateHook("onReport", onReport),
    ...(onAccess !== undefined && { onAccess: isolateHook("onAccess", onAccess) }),
  };
}

/** Without a host, Node would listen on every address of the machine. */
function resolveListen(listen: ListenOptions): ListenOptions {
  const way = WAYS_TO_LISTEN.find(([name]) => Object.hasOwn(Object(listen) as object, name));
  checkOptions("`listen`", listen, way ?? WAYS_TO_LISTEN.flat());
  if (way === undefined) {
    throw new ConfigurationError("Expected `listen` to have a `port`, a `path` or an `fd`, got none.");
  }
  if ("path" in listen) return { path: checkText("listen.path", listen.path) };
  if ("fd" in listen) {
    const { fd } = listen;
    if (Number.isInteger(fd) && fd >= 0) return listen;
    throw new ConfigurationError(`Expected \`listen.fd\` to be the number of a descriptor, got ${describeValue(fd)}.`);
  }
  const { port, host = DEFAULTS.listen.host } = listen;
  checkText("listen.host", host);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return { port, host };
  throw new ConfigurationError(
    `Expected \`listen.port\` to be an integer from 0 to 65535, got ${describeValue(port)}.`,
  );
}

function checkText(name: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new ConfigurationError(`Expected \`${name}\` to be text that is not empty, got ${describeValue(value)}.`);
}

function isCloseCode(code: number): boolean {
  try {
    checkClose(code, "");
    return true;
  } catch {
    return false;
  }
}
