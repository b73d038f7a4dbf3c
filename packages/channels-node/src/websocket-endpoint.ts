/** The WebSocket half of the server: handshakes in, sockets out. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { Denial, originCheck, OriginRefusedError, type ProtocolRouter, type WebSocketScope } from "@lobby/channels";
import {
  closingDenial,
  createFanout,
  WarnOnce,
  Heartbeat,
  lateDenial,
  openSocket,
  originDenial,
  type ServerFanout,
} from "@lobby/channels/server";
import type { NodeServerContext } from "./server-context.ts";
import { webSocketFrames } from "./frames.ts";
import { hostCheck, hostDenial, type HostCheck } from "./allowed-hosts.ts";
import type { AccessLogEntry, ResolvedOptions } from "./options.ts";
import type { TrustedProxies } from "./trusted-proxies.ts";
import {
  NONE,
  offeredSubprotocols,
  remoteAddress,
  readRequest,
  ReplyHeaderLines,
  type RequestFacts,
} from "./request.ts";
import { NodeSocket, OwnedWebSocket, type SocketOwner } from "./node-socket.ts";

/** What connections have before a route has matched, in one piece for all. */
const NO_PARAMS = Object.freeze({});

/** Strangers must not be able to fill the log, nor the memory. */
const MAX_REFUSED_ORIGINS = 100;

/** All sockets of one server. */
export class WebSocketEndpoint implements SocketOwner {
  readonly fanout: ServerFanout<Buffer>;
  readonly maxBufferedBytes: number;
  readonly slowClientCloseCode: number;
  readonly #application: ProtocolRouter;
  readonly #options: ResolvedOptions;
  readonly #proxies: TrustedProxies;
  readonly #context: NodeServerContext;
  readonly #isHostAllowed: HostCheck;
  readonly #isOriginAllowed: (origin: string | null, host: string | null) => boolean;
  readonly #heartbeat: Heartbeat;
  readonly #server: WebSocketServer;
  readonly #sockets = new Set<NodeSocket>();
  /** Warned of once each. */
  readonly #refusedOrigins = new WarnOnce(MAX_REFUSED_ORIGINS);
  readonly #timers = new Map<NodeSocket, NodeJS.Timeout>();
  readonly #whenEmpty = Promise.withResolvers<void>();
  #isDraining = false;
  /** The handshake that `ws` is completing right now, for its hooks. */
  #upgrading: { readonly subprotocol: string | undefined; readonly reply: ReplyHeaderLines } | undefined;

  constructor(
    application: ProtocolRouter,
    options: ResolvedOptions,
    proxies: TrustedProxies,
    context: NodeServerContext,
  ) {
    this.#application = application;
    this.#options = options;
    this.#proxies = proxies;
    this.#context = context;
    this.maxBufferedBytes = options.maxBufferedBytes;
    this.slowClientCloseCode = options.slowClientCloseCode;
    this.#isHostAllowed = hostCheck(options.allowedHosts);
    this.#isOriginAllowed = originCheck(options.allowedOrigins);
    this.#heartbeat = new Heartbeat(options.pingIntervalMs);
    this.fanout = createFanout({
      codec: webSocketFrames,
      schedule: (flush) => setImmediate(flush),
      report: (report) => options.onReport(report),
    });
    const limits = { maxPayload: options.maxPayloadBytes, closeTimeout: options.closeTimeoutMs };
    this.#server = new WebSocketServer({
      ...limits,
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      WebSocket: OwnedWebSocket,
      handleProtocols: () => this.#upgrading?.subprotocol ?? false,
    });
    this.#server.on("headers", (lines) => {
      for (const [name, value] of this.#upgrading?.reply.take() ?? []) lines.push(`${name}: ${value}`);
    });
  }

  /** How many connections there are, handshakes included. */
  get size(): number {
    return this.#sockets.size;
  }

  /** Takes an `upgrade` event. */
  handle(request: IncomingMessage, raw: Duplex, head: Buffer): void {
    const facts = readRequest(request, "ws", this.#proxies);
    const reply = new ReplyHeaderLines();
    const socket = new NodeSocket(this, raw, { request, head, reply }, facts?.client.address ?? remoteAddress(request));
    this.#sockets.add(socket);
    const subprotocols = offeredSubprotocols(request);
    const denial = this.#examine(request, facts, subprotocols, reply);
    if (denial !== undefined || facts === undefined) {
      socket.deny(denial ?? new Denial(400, "The address of this request is malformed."));
      return;
    }
    const { url, headers, client } = facts;
    const scope: WebSocketScope = {
      type: "websocket",
      url,
      headers,
      client,
      subprotocols,
      params: NO_PARAMS,
      subjects: NONE,
      reply,
      layer: this.#application.layer,
    };
    const tooLate = (): void => socket.deny(lateDenial());
    this.#timers.set(socket, setTimeout(tooLate, this.#options.handshakeTimeoutMs));
    void this.#open(socket, scope);
  }

  upgrade(socket: NodeSocket, subprotocol: string | undefined): OwnedWebSocket | undefined {
    const { handshake } = socket;
    if (handshake === undefined) return undefined;
    this.#upgrading = { subprotocol, reply: handshake.reply };
    let accepted: OwnedWebSocket | undefined;
    this.#server.handleUpgrade(handshake.request, socket.raw, handshake.head, (ws) => {
      accepted = ws as OwnedWebSocket;
    });
    this.#upgrading = undefined;
    return accepted;
  }

  answered(socket: NodeSocket, status: number): void {
    this.#stopTimer(socket);
    if (status === 101) this.#heartbeat.add(socket);
    // A peer that does not read a denial must not hold it for ever.
    else
      this.#timers.set(
        socket,
        setTimeout(() => socket.terminate(), this.#options.closeTimeoutMs),
      );
    this.#log(socket, status === 101 ? "websocket-open" : "websocket-refused", status);
  }

  ended(socket: NodeSocket, code: number): void {
    this.#stopTimer(socket);
    this.#sockets.delete(socket);
    this.#heartbeat.delete(socket);
    this.#context.waitUntil(socket.whenIdle());
    if (this.#isDraining && this.#sockets.size === 0) this.#whenEmpty.resolve();
    if (socket.hasOpened) this.#log(socket, "websocket-close", code);
  }

  /** Closes every connection and waits until all are over, or until the deadline. */
  async drain(code: number, reason: string, deadline: Promise<unknown>): Promise<void> {
    this.#isDraining = true;
    this.fanout.flush();
    for (const socket of this.#sockets) socket.close(code, reason);
    if (this.#sockets.size > 0) await Promise.race([this.#whenEmpty.promise, deadline]);
    for (const socket of this.#sockets) socket.terminate();
  }

  async #open(socket: NodeSocket, scope: WebSocketScope): Promise<void> {
    await openSocket(
      socket,
      async () => this.#application.websocket(socket, scope),
      (level, error) =>
        this.#options.onReport({ level, source: "websocket", operation: `open ${scope.url.pathname}`, error }),
    );
  }

  /** What is wrong with a handshake before any application sees it (RFC 6455 §4.2.1). */
  #examine(
    { method, headers }: IncomingMessage,
    facts: RequestFacts | undefined,
    subprotocols: readonly string[],
    reply: ReplyHeaderLines,
  ): Denial | undefined {
    if (facts === undefined) return undefined;
    if (this.#isDraining) return closingDenial();
    if (method !== "GET") {
      reply.append("Allow", "GET");
      return new Denial(405, "Open a WebSocket with GET.");
    }
    if (headers["sec-websocket-version"] !== "13") {
      reply.append("Upgrade", "websocket");
      reply.append("Connection", "Upgrade");
      reply.append("Sec-WebSocket-Version", "13");
      return new Denial(426, "This server speaks WebSocket version 13.");
    }
    if (headers.host === undefined) return new Denial(400, "The Host header is missing.");
    if (!/^[+/0-9A-Za-z]{22}==$/.test(headers["sec-websocket-key"] ?? "")) {
      return new Denial(400, "The Sec-WebSocket-Key header is missing or malformed.");
    }
    if (!subprotocols.every(isToken) || new Set(subprotocols).size < subprotocols.length) {
      return new Denial(400, "The Sec-WebSocket-Protocol header is malformed.");
    }
    if (!this.#isHostAllowed(facts)) return hostDenial();
    const origin = facts.headers.get("origin");
    if (this.#isOriginAllowed(origin, facts.host)) return undefined;
    this.#warnOfOrigin(origin ?? "", facts);
    return originDenial();
  }

  /** Usually a proxy that is not set up yet: whoever runs the server should know why nothing connects. */
  #warnOfOrigin(origin: string, { host, url }: RequestFacts): void {
    if (!this.#refusedOrigins.isFirst(origin)) return;
    const allowed = [this.#options.allowedOrigins].flat().join(", ");
    const error = new OriginRefusedError(origin, host ?? "", allowed);
    this.#options.onReport({ level: "warning", source: "websocket", operation: `open ${url.pathname}`, error });
  }

  #stopTimer(socket: NodeSocket): void {
    clearTimeout(this.#timers.get(socket));
    this.#timers.delete(socket);
  }

  #log(socket: NodeSocket, kind: AccessLogEntry["kind"], status: number): void {
    const { method, target, clientAddress: client } = socket;
    const durationMs = performance.now() - socket.openedAtMs;
    this.#options.onAccess?.({ kind, method, target, client, status, durationMs });
  }
}

function isToken(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name);
}
