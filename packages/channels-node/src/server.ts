/**
 * Serves HTTP/1.1 and WebSockets on one port, for one application.
 * @see Django Channels, Daphne.
 */
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { ProtocolRouter } from "@lobby/channels";
import { checkClose, checkLimits, checkOptions, checkRoot, MAX_TIMER_MS } from "@lobby/channels/server";
import { AddressList } from "./address-list.ts";
import { ConnectionCounts, TOO_MANY } from "./connection-limit.ts";
import { isHandshake } from "./handshake.ts";
import { HttpConnections } from "./http-connections.ts";
import { HttpEndpoint } from "./http-endpoint.ts";
import { startListening, urlOf } from "./listen.ts";
import { resolveOptions, type ServerOptions } from "./options.ts";
import { PipelineGuard } from "./pipeline-guard.ts";
import { remoteAddress } from "./request-facts.ts";
import { RequestReader } from "./request-reader.ts";
import { MergedMessage } from "./merged-message.ts";
import { NodeServerContext } from "./server-context.ts";
import { replaceCertificate, type Certificate } from "./tls.ts";
import { WebSocketEndpoint } from "./websocket-endpoint.ts";

/** Options of `server.close`. */
export interface CloseOptions {
  /** The close code for open sockets: 1000 to 1014 except 1004 to 1006, or 3000 to 4999. Default 1012. */
  readonly code?: number;
  /** The close reason for open sockets, at most 123 bytes of UTF-8. Default "The server is restarting". */
  readonly reason?: string;
  /** How long clients and handlers may take to finish; then the server cuts all connections. Default 10,000. */
  readonly timeoutMs?: number;
}

/** A listening server. */
export interface Server {
  /** The address with its real port: `http://127.0.0.1:8000`, `https:` with TLS, or `unix:/path` for a unix socket. */
  readonly url: string;
  /** The address for WebSockets: `ws://127.0.0.1:8000`, `wss:` with TLS, or `unix:/path` for a unix socket. */
  readonly webSocketUrl: string;
  /** The number of WebSockets that are open or opening. */
  readonly connections: number;
  /**
   * Replaces the certificate for new connections. The other TLS options stay.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the server has no TLS, an option is unknown, or the certificate
   * or its key is missing or malformed; the server keeps the last one.
   */
  setCertificate(certificate: Certificate): void;
  /**
   * Stops listening, closes every socket, and aborts `scope.server.closing` of HTTP applications. Resolves once running
   * handlers and unfinished answers have ended. Further calls wait for the first one.
   * @throws {InvalidCloseError} CHANNELS_INVALID_CLOSE when the code or the reason is not allowed; the server continues.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when an option is unknown or out of range; the server continues.
   */
  close(options?: CloseOptions): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Serves an application until `close`.
 *
 * @example
 * const server = await serve(application, { listen: { port: 8000 } });
 * process.once("SIGTERM", () => void server.close());
 *
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the application is not the result of `protocolRouter`, or an
 * option is unknown or out of range, the system refuses the path of a unix socket, or a descriptor is not that of a
 * listening socket.
 * @throws {Error} Node's error when the server cannot listen, such as `EADDRINUSE`, `EACCES` or `EADDRNOTAVAIL`.
 */
export async function serve(application: ProtocolRouter, options: ServerOptions = {}): Promise<Server> {
  checkRoot(application);
  const resolved = resolveOptions(options);
  const { tls, listen } = resolved;
  const { connectionLimit, trustProxy } = resolved;
  const proxies = new AddressList(trustProxy);
  const counts = connectionLimit === undefined ? undefined : new ConnectionCounts(connectionLimit, proxies);
  const reader = new RequestReader(resolved, proxies, counts);
  const context = new NodeServerContext(resolved.onReport);
  const requests = new HttpEndpoint(application, resolved, reader, context);
  const sockets = new WebSocketEndpoint(application, resolved, reader, context);

  const limits = {
    headersTimeout: resolved.headersTimeoutMs,
    // Node's limit is for whole requests, however fast their bodies arrive. `RequestBody` has a limit of its own.
    requestTimeout: 0,
    IncomingMessage: MergedMessage,
    keepAliveTimeout: resolved.keepAliveTimeoutMs,
    maxHeaderSize: resolved.maxHeaderBytes,
    // The endpoint answers a request without a host, so that the access log has it.
    requireHostHeader: false,
    // The interval at which Node looks for late requests.
    connectionsCheckingInterval: Math.min(resolved.headersTimeoutMs, 1_000),
    shouldUpgradeCallback: (request: IncomingMessage) => isHandshake(request) && connections.isFree(request.socket),
  };
  const http =
    tls === undefined
      ? createHttpServer(limits)
      : createHttpsServer({ handshakeTimeout: resolved.headersTimeoutMs, ...limits, ...tls });
  // By default, Node drops the headers after the first 1,000 in silence. `maxHeaderBytes` bounds their number.
  http.maxHeadersCount = 0;
  const guard = new PipelineGuard(proxies);
  http.on(tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
    const address = remoteAddress({ socket });
    const denial = guard.add(socket, address) ? counts?.add(socket, address) : TOO_MANY;
    if (denial === undefined) return;
    requests.refuse(socket, denial);
    // The server reads nothing more, because parsing is what a flood of connections costs.
    socket.destroySoon();
  });
  const connections = new HttpConnections(http, requests, guard, resolved);
  http.on("upgrade", (request, _stream, head) => {
    guard.release(request.socket);
    connections.release(request.socket);
    sockets.handle(request, head);
  });

  try {
    await startListening(http, listen);
  } catch (error) {
    await sockets.drain(1001, "", Promise.resolve());
    throw error;
  }

  const stop = async (code: number, reason: string, timeoutMs: number): Promise<void> => {
    const { promise: deadline, resolve: expire } = Promise.withResolvers<void>();
    const timer = setTimeout(expire, timeoutMs);
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
  const url = urlOf(http, tls === undefined ? "http" : "https");
  return {
    url,
    webSocketUrl: url.replace(/^http/, "ws"),
    get connections(): number {
      return sockets.size;
    },
    setCertificate: (certificate) => replaceCertificate(http, tls, certificate),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}
