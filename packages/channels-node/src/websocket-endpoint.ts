import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { Denial, type ConsumerReport, type ProtocolRouter, type WebSocketScope } from "@lobby/channels";
import {
  closingDenial,
  createFanout,
  cutTarget,
  Heartbeat,
  lateDenial,
  newWebSocketScope,
  openSocket,
  type ServerFanout,
} from "@lobby/channels/server";
import { CLIENT_LEFT, type AccessLogEntry } from "./access-log.ts";
import { Admission } from "./admission.ts";
import { webSocketFrames } from "./frames.ts";
import { readSendQueues } from "./kernel-queues.ts";
import { beginHandshake, handshakeDenial, type Handshake } from "./handshake.ts";
import { NodeSocket, type SocketOwner } from "./node-socket.ts";
import type { ResolvedOptions } from "./options.ts";
import { OriginGate } from "./origin-gate.ts";
import type { RequestReader } from "./request-reader.ts";
import type { NodeServerContext } from "./server-context.ts";
import { BEATS_PER_PING, patienceBeats } from "./signs-of-life.ts";
import type { OwnedWebSocket } from "./socket-events.ts";
import { Upgrader } from "./upgrader.ts";

/** The WebSocket half of a server: passes handshakes to the application and owns the sockets. */
export class WebSocketEndpoint implements SocketOwner {
  readonly fanout: ServerFanout<Buffer>;
  readonly maxBufferedBytes: number;
  readonly slowClientCloseCode: number;
  readonly patienceBeats: number;
  readonly #application: ProtocolRouter;
  readonly #options: ResolvedOptions;
  readonly #reader: RequestReader;
  readonly #context: NodeServerContext;
  readonly #admission: Admission;
  readonly #origins: OriginGate;
  readonly #upgrader: Upgrader;
  readonly #heartbeat: Heartbeat;
  readonly #sockets = new Set<NodeSocket>();
  /** The deadline of each unanswered handshake, and of each denial that a client has yet to read. */
  readonly #deadlines = new Map<NodeSocket, NodeJS.Timeout>();
  /** The sockets that wait for a look at their progress. */
  #toLook: NodeSocket[] = [];
  readonly #whenEmpty = Promise.withResolvers<void>();
  #isDraining = false;

  constructor(
    application: ProtocolRouter,
    options: ResolvedOptions,
    reader: RequestReader,
    context: NodeServerContext,
  ) {
    this.#application = application;
    this.#options = options;
    this.#reader = reader;
    this.#context = context;
    this.maxBufferedBytes = options.maxBufferedBytes;
    this.slowClientCloseCode = options.slowClientCloseCode;
    this.patienceBeats = patienceBeats(options.pingIntervalMs);
    this.#admission = new Admission("websocket", options);
    this.#origins = new OriginGate(options.allowedOrigins, (error, facts) => this.#report("warning", error, facts.url));
    this.#upgrader = new Upgrader(options);
    this.#heartbeat = new Heartbeat(options.pingIntervalMs / BEATS_PER_PING);
    this.fanout = createFanout({
      codec: webSocketFrames,
      maxBufferedBytes: options.maxBufferedBytes,
      schedule: (flush) => setImmediate(flush),
      report: (report) => options.onReport(report),
    });
  }

  /** The number of connections, including those with an unanswered handshake. */
  get size(): number {
    return this.#sockets.size;
  }

  /** Handles an `upgrade` event of the HTTP server. */
  handle(request: IncomingMessage, head: Buffer): void {
    const handshake = beginHandshake(request, head);
    const { clientAddress, facts, denial } = this.#reader.read(request, "ws");
    const socket = new NodeSocket(this, handshake, clientAddress);
    this.#sockets.add(socket);
    if (denial !== undefined) {
      socket.deny(denial);
      return;
    }
    const admitted = this.#admission.decide(facts);
    if (typeof admitted === "function") socket.release = admitted;
    const refusal = admitted instanceof Denial ? admitted : (this.#refusal(handshake) ?? this.#origins.denialOf(facts));
    if (refusal !== undefined) {
      socket.deny(refusal);
      return;
    }
    const deny = (): void => socket.deny(lateDenial());
    this.#deadlines.set(socket, setTimeout(deny, this.#options.handshakeTimeoutMs));
    const { reply, subprotocols } = handshake;
    const scope = newWebSocketScope({ ...facts, reply, layer: this.#application.layer }, subprotocols);
    void this.#open(socket, scope);
  }

  upgrade(handshake: Handshake, stream: Socket, subprotocol: string | undefined): OwnedWebSocket | undefined {
    return this.#upgrader.complete(handshake, stream, subprotocol);
  }

  refusalReason(code: number): string {
    const { maxPayloadBytes, maxFragments } = this.#options;
    switch (code) {
      case 1007:
        return "Send text as UTF-8";
      case 1008:
        return `Send a message in fewer and larger parts, at most ${maxFragments} fragments`;
      case 1009:
        return `Send at most ${maxPayloadBytes} bytes per message`;
      default:
        return "Send frames as RFC 6455 describes";
    }
  }

  scheduleLook(socket: NodeSocket): void {
    this.#toLook.push(socket);
    if (this.#toLook.length === 1) void this.#lookAtAll();
  }

  answered(socket: NodeSocket, status: number): void {
    this.#clearDeadline(socket);
    if (status === 101) {
      this.#heartbeat.add(socket);
    } else {
      // A client that does not read a denial must not hold its connection.
      const cut = (): void => socket.terminate();
      this.#deadlines.set(socket, setTimeout(cut, this.#options.closeTimeoutMs));
    }
    this.#log(socket, status === 101 ? "websocket-open" : "websocket-refused", status);
  }

  ended(socket: NodeSocket, code: number): void {
    this.#clearDeadline(socket);
    this.#sockets.delete(socket);
    this.#heartbeat.delete(socket);
    if (socket.release !== undefined) this.#admission.release(socket.release);
    this.#context.waitUntil(socket.whenIdle());
    if (this.#isDraining && this.#sockets.size === 0) this.#whenEmpty.resolve();
    if (socket.hasOpened) this.#log(socket, "websocket-close", code);
    else if (!socket.isAnswered) this.#log(socket, "websocket-refused", CLIENT_LEFT);
  }

  /** Closes every connection, waits until all have ended, and cuts the remaining ones at the deadline. */
  async drain(code: number, reason: string, deadline: Promise<unknown>): Promise<void> {
    this.#isDraining = true;
    this.fanout.flush();
    for (const socket of this.#sockets) socket.close(code, reason);
    if (this.#sockets.size > 0) await Promise.race([this.#whenEmpty.promise, deadline]);
    for (const socket of this.#sockets) socket.terminate();
  }

  async #lookAtAll(): Promise<void> {
    const queues = await readSendQueues();
    const sockets = this.#toLook;
    this.#toLook = [];
    for (const socket of sockets) socket.look(queues);
  }

  #refusal(handshake: Handshake): Denial | undefined {
    return this.#isDraining ? closingDenial() : handshakeDenial(handshake);
  }

  async #open(socket: NodeSocket, scope: WebSocketScope): Promise<void> {
    await openSocket(
      socket,
      async () => this.#application.websocket(socket, scope),
      (level, error) => this.#report(level, error, scope.url),
    );
  }

  #report(level: ConsumerReport["level"], error: unknown, { pathname }: URL): void {
    this.#options.onReport({ level, source: "websocket", operation: `open ${cutTarget(pathname)}`, error });
  }

  #clearDeadline(socket: NodeSocket): void {
    clearTimeout(this.#deadlines.get(socket));
    this.#deadlines.delete(socket);
  }

  #log(socket: NodeSocket, kind: AccessLogEntry["kind"], status: number): void {
    const { method, target, clientAddress: client } = socket;
    const durationMs = performance.now() - socket.startedAtMs;
    this.#options.onAccess?.({ kind, method, target, client, status, durationMs });
  }
}
