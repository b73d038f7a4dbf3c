/**
 * The protocol server: HTTP/1.1 and WebSocket on one port, for one application.
 * @see Django Channels, Daphne.
 */
import { createServer as createHttpServer, type IncomingMessage, type Server as HttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { ProtocolRouter } from "@lobby/channels";
import { checkClose, checkLimits, checkOptions, MAX_TIMER_MS } from "@lobby/channels/server";
import { announcesTooMuch } from "./body-limit.ts";
import { Connections } from "./connections.ts";
import { NodeServerContext } from "./server-context.ts";
import { httpHandler } from "./http-handler.ts";
import { resolveOptions, type ListenOptions, type ServerOptions } from "./options.ts";
import { TrustedProxies } from "./trusted-proxies.ts";
import { WebSocketEndpoint } from "./websocket-endpoint.ts";

/** How to end a server. */
export interface CloseOptions {
  /** Close code for open sockets. Default 1012, "service restart". */
  readonly code?: number;
  /** Default "The server is restarting". */
  readonly reason?: string;
  /** How long peers and handlers may take, before they are cut. Default 10,000. */
  readonly timeoutMs?: number;
}

/** A server that is listening. */
export interface Server {
  /** `http://127.0.0.1:8000`, with the real port; the path of a unix socket as `unix:/path`. */
  readonly url: string;
  /** The same for WebSockets: `ws://127.0.0.1:8000`, or `wss:` with TLS; that of a unix socket is the same. */
  readonly webSocketUrl: string;
  /** How many WebSockets are open or opening. */
  readonly connections: number;
  /**
   * Stops accepting, closes every socket, tells HTTP applications with
   * `scope.server.closing`, waits for the handlers that run, and for the answers
   * to requests that are under way. Calling it twice is calling it once.
   * @throws {InvalidCloseError} CHANNELS_INVALID_CLOSE when the code or the reason cannot be sent; nothing is closed.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range; nothing is closed.
   */
  close(options?: CloseOptions): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Serves an application until `close`.
 *
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range.
 * @throws {Error} The error of Node when it cannot listen: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` …
 */
export async function serve(application: ProtocolRouter, options: ServerOptions = {}): Promise<Server> {
  const resolved = resolveOptions(options);
  const { tls, listen } = resolved;
  const proxies = new TrustedProxies(resolved.trustProxy);
  const limits = {
    headersTimeout: Math.min(resolved.headersTimeoutMs, resolved.requestTimeoutMs),
    requestTimeout: resolved.requestTimeoutMs,
    // How often Node looks for requests that are too late.
    connectionsCheckingInterval: Math.min(resolved.headersTimeoutMs, resolved.requestTimeoutMs, 1_000),
    shouldUpgradeCallback: (request: IncomingMessage) => isUpgrade(request) && !connections.isAnswering(request.socket),
  };
  const http: HttpServer =
    tls === undefined
      ? createHttpServer(limits)
      : createHttpsServer({ handshakeTimeout: resolved.headersTimeoutMs, ...limits, ...tls });
  const connections = new Connections(http);
  const context = new NodeServerContext(resolved.onReport);
  const handle = httpHandler(application, resolved, proxies, context);
  http.on("request", (request, response) => void handle(request, response));
  http.on("checkContinue", (request, response) => {
    // Who is not told to go on may never send the body, and then nothing can follow on this connection.
    if (announcesTooMuch(request, resolved.maxBodyBytes)) response.setHeader("Connection", "close");
    else response.writeContinue();
    http.emit("request", request, response);
  });
  const sockets = new WebSocketEndpoint(application, resolved, proxies, context);
  http.on("upgrade", (request, socket, head) => sockets.handle(request, socket, head));

  try {
    await listening(http, listen);
  } catch (error) {
    await sockets.drain(1001, "", Promise.resolve());
    throw error;
  }

  const stop = async (code: number, reason: string, timeoutMs: number): Promise<void> => {
    const { promise: deadline, resolve: pass } = Promise.withResolvers<void>();
    const timer = setTimeout(pass, timeoutMs);
    context.close(code, reason);
    await Promise.all([connections.drain(deadline), sockets.drain(code, reason, deadline)]);
    await context.whenIdle(deadline);
    clearTimeout(timer);
  };
  let stopped: Promise<void> | undefined;
  const close = async (closeOptions: CloseOptions = {}): Promise<void> => {
    checkOptions("server.close", closeOptions, ["code", "reason", "timeoutMs"]);
    const { code = 1012, reason = "The server is restarting", timeoutMs = 10_000 } = closeOptions;
    checkLimits({ timeoutMs }, MAX_TIMER_MS);
    checkClose(code, reason);
    stopped ??= stop(code, reason, timeoutMs);
    await stopped;
  };
  const url = urlOf(http.address(), tls === undefined ? "http" : "https");
  return {
    url,
    webSocketUrl: url.replace(/^http/, "ws"),
    get connections(): number {
      return sockets.size;
    },
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

/** Anything else, such as h2c or what HTTP/1.0 asks for, is an ordinary request (RFC 9110 §7.8). */
function isUpgrade({ headers, httpVersionMajor, httpVersionMinor }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket" && httpVersionMajor === 1 && httpVersionMinor >= 1;
}

async function listening(http: HttpServer, listen: ListenOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  http.once("error", reject);
  http.listen(listen, resolve);
  await promise;
  http.off("error", reject);
}

function urlOf(address: AddressInfo | string | null, scheme: string): string {
  if (address === null || typeof address === "string") return `unix:${address ?? ""}`;
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `${scheme}://${host}:${address.port}`;
}
