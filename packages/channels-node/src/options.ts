import type { AllowedOrigins, ConsumerReport } from "@lobby/channels";
import {
  ConfigurationError,
  checkClose,
  checkFunction,
  checkLimits,
  checkOptions,
  describeValue,
  isolateHook,
  logReport,
  MAX_TIMER_MS,
  SLOW_CLIENT_CODE,
} from "@lobby/channels/server";
import type { AccessLogEntry } from "./access-log.ts";
import type { Admit } from "./admission.ts";
import type { AllowedHosts } from "./allowed-hosts.ts";
import type { ConnectionLimit } from "./connection-limit.ts";
import { DEFAULT_LISTEN, resolveListen, type ListenOptions } from "./listen.ts";
import { checkTls, type TlsOptions } from "./tls.ts";

/** The options of `serve`. Sizes and times are integers from 1 to 2,147,483,647. */
export interface ServerOptions {
  /** The address of the server. Port 0 picks a free port. Default `{ port: 8000, host: "127.0.0.1" }`. */
  readonly listen?: ListenOptions;
  /** The certificate and key for TLS, and other TLS options of `node:tls`. Default: no TLS. */
  readonly tls?: TlsOptions;
  /** The hosts that the server answers for. Requests for other hosts get 421. Default `"any"`. */
  readonly allowedHosts?: AllowedHosts;
  /** The pages that may open a socket. Other pages get 403. Default `"same-origin"`. */
  readonly allowedOrigins?: AllowedOrigins;
  /**
   * Proxies whose X-Forwarded-For, -Proto and -Host headers count, or `Forwarded` without X-Forwarded-For: addresses,
   * ranges such as `10.0.0.0/8`, or `unix` for every client on a unix socket. Default: none.
   */
  readonly trustProxy?: readonly string[];
  /**
   * Called for each request and handshake before it reaches the application, with the address of its client. Returns a
   * `Denial`, such as 429; or undefined to admit the client; or a function, which also admits it, and which the server
   * calls once when the request, event stream or WebSocket has ended. An error denies with 500. Default: admits all.
   */
  readonly admit?: Admit;
  /** A limit on the TCP connections, of each network and together. Default: none. */
  readonly connectionLimit?: ConnectionLimit;
  /** The largest message that a client may send. A larger one closes the connection with 1009. Default 1,048,576. */
  readonly maxPayloadBytes?: number;
  /**
   * The fragments that a message may have. One more closes the connection with 1008. An integer from 1 up. Default 1,024.
   */
  readonly maxFragments?: number;
  /**
   * The largest request body. A larger one fails with `BodyTooLargeError` while the application reads it, and the client
   * gets 413. Default 1,048,576.
   */
  readonly maxBodyBytes?: number;
  /**
   * The bytes that may wait for a slow client. Above it, the server closes the connection with `slowClientCloseCode`,
   * and cuts the connection after `closeTimeoutMs`. What an application sends in one turn of the event loop to a client
   * that keeps up may exceed it eightfold, and the client has 5 seconds to take it. Default 1,048,576.
   */
  readonly maxBufferedBytes?: number;
  /** The close code for a slow client. Default 1013, "try again later". */
  readonly slowClientCloseCode?: number;
  /** How long an application may take to answer a handshake; then the client gets 503. Default 5,000. */
  readonly handshakeTimeoutMs?: number;
  /**
   * The time between two pings of a socket. The server cuts a silent client within two intervals. A client in the middle
   * of a download is cut when it neither sends nor takes 8 KiB for two intervals, and for at least 45 seconds. Default
   * 25,000.
   */
  readonly pingIntervalMs?: number;
  /** How long a client may take to answer a close frame or to read a denial; then the server cuts it. Default 5,000. */
  readonly closeTimeoutMs?: number;
  /** How long a client may take to send the head of a request; then it gets 408. Default 10,000. */
  readonly headersTimeoutMs?: number;
  /**
   * How long a handler waits for the next piece of a body; then the client gets 408. A body may arrive for longer than this
   * only while it has 1,024 bytes a second on average. Also how long a body waits unread once an answer has begun. Default
   * 60,000.
   */
  readonly requestTimeoutMs?: number;
  /** How long a client may read nothing of an answer that waits for it; then the server cuts it. Default 60,000. */
  readonly sendTimeoutMs?: number;
  /**
   * How long a connection may stay open between two requests. Keep it longer than proxies do: a proxy that reuses a
   * connection which the server is closing loses the request. Default 125,000.
   */
  readonly keepAliveTimeoutMs?: number;
  /** The largest head of a request: its first line and its headers. A larger one gets 431. Default 16,384. */
  readonly maxHeaderBytes?: number;
  /** Called for each entry of the access log. The server logs an error of it to the console. Default: no access log. */
  readonly onAccess?: (entry: AccessLogEntry) => void;
  /** Called for each failure and warning. The server logs an error of it to the console. Default: logs to the console. */
  readonly onReport?: (report: ConsumerReport) => void;
}

/** The options with their defaults. */
export type ResolvedOptions = Required<Omit<ServerOptions, OptionalName>> & Pick<ServerOptions, OptionalName>;
type OptionalName = "tls" | "admit" | "connectionLimit" | "onAccess";

const MEBIBYTE = 1_048_576;

const DEFAULTS = {
  listen: DEFAULT_LISTEN,
  allowedHosts: "any",
  allowedOrigins: "same-origin",
  trustProxy: [],
  maxPayloadBytes: MEBIBYTE,
  maxFragments: 1_024,
  maxBodyBytes: MEBIBYTE,
  maxBufferedBytes: MEBIBYTE,
  slowClientCloseCode: SLOW_CLIENT_CODE,
  handshakeTimeoutMs: 5_000,
  pingIntervalMs: 25_000,
  closeTimeoutMs: 5_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  sendTimeoutMs: 60_000,
  keepAliveTimeoutMs: 125_000,
  maxHeaderBytes: 16_384,
  onReport: logReport,
} as const;

const NAMES = [...Object.keys(DEFAULTS), "tls", "admit", "connectionLimit", "onAccess"];

/**
 * Validates the options and adds the defaults.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range.
 */
export function resolveOptions(options: ServerOptions): ResolvedOptions {
  checkOptions("The server", options, NAMES);
  const present = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const limits = Object.entries(present).filter(([name]) => /Ms$|Bytes$|^maxFragments$/.test(name));
  // The maximum for timers is also the maximum message size of `ws`.
  checkLimits(Object.fromEntries(limits), MAX_TIMER_MS);
  checkSlowClientCloseCode(options.slowClientCloseCode ?? DEFAULTS.slowClientCloseCode);
  const { listen = DEFAULTS.listen, tls, admit, onAccess, onReport = DEFAULTS.onReport } = options;
  if (tls !== undefined) checkTls(tls);
  if (admit !== undefined) checkFunction("admit", admit);
  return {
    ...DEFAULTS,
    ...present,
    listen: resolveListen(listen),
    onReport: isolateHook("onReport", onReport),
    ...(onAccess !== undefined && { onAccess: isolateHook("onAccess", onAccess) }),
  };
}

function checkSlowClientCloseCode(code: number): void {
  try {
    checkClose(code, "");
  } catch {
    throw new ConfigurationError(
      `Expected \`slowClientCloseCode\` to be a close code such as 1013 or 4000, got ${describeValue(code)}.`,
    );
  }
}
