import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { Server as TlsServer } from "node:tls";
import { BrokenBodyError, Denial } from "@lobby/channels";
import { Exchange } from "./exchange.ts";
import { parserDenial } from "./parser-denial.ts";
import type { PipelineGuard } from "./pipeline-guard.ts";
import { isBodyArriving } from "./request-body.ts";

/** The owner of connections. */
export interface ConnectionsOwner {
  /** Called with each request when its turn comes. */
  begin(exchange: Exchange): void;
  /** Answers a connection with a denial outside of any exchange, and ends it. */
  refuse(socket: Socket, denial: Denial, request?: IncomingMessage): void;
}

/** The requests that may always wait on one connection for the answers before them. */
const OWN_WAITING = 16;
/** The requests that may wait on all connections. Above it, a connection may have `OWN_WAITING` waiting requests. */
const SHARED_WAITING = 4_096;
/** The bytes that may arrive on one connection behind the first waiting request. */
const MAX_WAITING_BYTES = 262_144;

/** How long an answer may take for a client that has ended its half of the connection, and has probably left. */
const HALF_CLOSED_MS = 2_000;

const TOO_MANY = new Denial(429, "Too many requests wait on this connection. Read the answers before you send more.");
const NO_TUNNEL = new Denial(501, "This server does not support CONNECT.");

/**
 * The connections of an HTTP server. Each has one request in progress, and pipelined requests wait for their turn.
 * `drain` ends the connections after their answers. Construct it before the server listens.
 */
export class HttpConnections {
  readonly #http: HttpServer;
  readonly #owner: ConnectionsOwner;
  readonly #guard: PipelineGuard;
  /** All connections of a TLS server, because `http` lists none with an incomplete TLS handshake. */
  readonly #tlsSockets = new Set<Socket>();
  /** The exchange in progress and the waiting ones, for each connection with an unfinished answer. */
  readonly #unanswered = new Map<Socket, Exchange[]>();
  /** The number of waiting exchanges on all connections. */
  #waiting = 0;
  #isDraining = false;
  /** The listener that all connections share. */
  readonly #onEnd: (this: Socket) => void;

  constructor(http: HttpServer, owner: ConnectionsOwner, guard: PipelineGuard) {
    this.#http = http;
    this.#owner = owner;
    this.#guard = guard;
    const receive = (request: IncomingMessage, response: ServerResponse): void => this.#receive(request, response);
    for (const event of ["request", "checkContinue", "checkExpectation"]) http.on(event, receive);
    http.on("clientError", (error, stream) => this.#fail(error, stream as Socket));
    http.on("connect", (request, stream) => this.#refuseTunnel(request, stream as Socket));
    http.on("timeout", (socket) => {
      // An unfinished answer without waiting bytes waits for the application, or for the rest of the request.
      if (!this.#unanswered.has(socket) || socket.writableLength > 0) socket.destroy();
    });
    const endHalf = (socket: Socket): void => this.#endHalf(socket);
    this.#onEnd = function onEnd() {
      endHalf(this);
    };
    // Node has no option for it. Otherwise it would send no answer to a client that has ended its half of the connection.
    Reflect.set(http, "httpAllowHalfOpen", true);
    if (!(http instanceof TlsServer)) return;
    http.on("connection", (socket: Socket) => {
      this.#tlsSockets.add(socket);
      socket.once("close", () => this.#tlsSockets.delete(socket));
    });
  }

  /** Returns whether the connection has an unfinished answer, for which a later request has to wait. */
  isAnswering(socket: Socket): boolean {
    return this.#unanswered.has(socket);
  }

  /** Stops listening, waits for unfinished answers, and cuts the remaining connections at the deadline. */
  async drain(deadline: Promise<void>): Promise<void> {
    this.#isDraining = true;
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    // `http.close()` would also cut an answer whose end still waits for a slow reader.
    NetServer.prototype.close.call(this.#http, () => resolve());
    this.#closeIdle();
    await Promise.race([closed, deadline]);
    this.#http.closeAllConnections();
    for (const socket of this.#tlsSockets) socket.destroy();
    await closed;
    // This clears Node's timer for late requests, which would keep the server in memory.
    this.#http.close();
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const unanswered = this.#unanswered.get(socket);
    if (socket.destroyed) return;
    if (socket.writableEnded) {
      // The client has its last answer, and keeping further requests would cost memory.
      socket.destroy();
    } else if (unanswered === undefined) {
      const exchange = new Exchange(request, response, 0);
      this.#unanswered.set(socket, [exchange]);
      socket.on("end", this.#onEnd);
      this.#begin(socket, exchange);
    } else {
      this.#enqueue(socket, unanswered, new Exchange(request, response, socket.bytesRead));
    }
  }

  #enqueue(socket: Socket, unanswered: Exchange[], exchange: Exchange): void {
    this.#guard.count(socket);
    if (socket.destroyed) return;
    const waitingBytes = exchange.receivedBytes - (unanswered[1] ?? exchange).receivedBytes;
    const isFull = unanswered.length > OWN_WAITING && this.#waiting >= SHARED_WAITING;
    if (!isFull && waitingBytes <= MAX_WAITING_BYTES) {
      unanswered.push(exchange);
      this.#waiting += 1;
    } else if (unanswered[0]?.response.headersSent === true) {
      socket.destroy();
    } else {
      this.#owner.refuse(socket, TOO_MANY);
    }
  }

  #begin(socket: Socket, exchange: Exchange): void {
    if (this.#isDraining) exchange.response.setHeader("Connection", "close");
    this.#owner.begin(exchange);
    exchange.response.once("close", () => this.#finish(socket, exchange));
  }

  /** Continues with the next exchange of a connection, or with none. */
  #finish(socket: Socket, { lastWord, hasClientEnded }: Exchange): void {
    const unanswered = this.#unanswered.get(socket) ?? [];
    unanswered.shift();
    if (unanswered.length > 0) {
      this.#waiting -= 1;
      // Other connections come first, and Node notices a client that has left.
      setImmediate(() => this.#beginFirst(socket, unanswered));
      return;
    }
    this.#forget(socket);
    if (lastWord !== undefined && socket.writable) this.#owner.refuse(socket, lastWord);
    else if (hasClientEnded) socket.end();
    this.#closeIdle();
  }

  /** Begins with the first exchange of the list. Drops all when the client has left or has its last answer. */
  #beginFirst(socket: Socket, unanswered: readonly Exchange[]): void {
    const [first] = unanswered;
    if (first !== undefined && socket.writable && !first.hasClientEnded) {
      this.#begin(socket, first);
      return;
    }
    if (first?.hasClientEnded === true) socket.end();
    this.#waiting -= unanswered.length - 1;
    this.#forget(socket);
    this.#closeIdle();
  }

  #forget(socket: Socket): void {
    this.#unanswered.delete(socket);
    socket.off("end", this.#onEnd);
  }

  /**
   * Handles a client that has ended its half of the connection. The request in progress may still be answered for two
   * seconds, and the ones that wait are dropped. An answer that has begun ends: a client that leaves an endless stream gives no other sign.
   */
  #endHalf(socket: Socket): void {
    const unanswered = this.#unanswered.get(socket) ?? [];
    const [exchange] = unanswered;
    if (exchange === undefined) return;
    this.#waiting -= unanswered.length - 1;
    unanswered.length = 1;
    if (exchange.response.headersSent) {
      socket.end();
    } else if (!isBodyArriving(exchange.request)) {
      // A body that breaks off fails in `#fail`.
      exchange.clientEnded();
      const timer = setTimeout(() => socket.destroy(), HALF_CLOSED_MS);
      exchange.response.once("close", () => clearTimeout(timer));
    }
  }

  /** Handles an error of a connection: the connection broke, or Node's parser refused what the client sent. */
  #fail(error: Error, socket: Socket): void {
    const denial = parserDenial(error);
    // Browsers open connections in advance, and need no answer on those that they do not use.
    if (denial === undefined || socket.bytesRead === 0) {
      socket.destroy();
      return;
    }
    // The client has its last answer, and the server drops what follows.
    if (!socket.writable) return;
    const last = this.#unanswered.get(socket)?.at(-1);
    if (last === undefined) this.#owner.refuse(socket, denial);
    else if (isBodyArriving(last.request)) last.failBody(bodyError(denial));
    else last.lastWord = denial;
  }

  #refuseTunnel(request: IncomingMessage, socket: Socket): void {
    // Node has removed its own listener.
    socket.on("error", () => undefined);
    if (this.#unanswered.has(socket)) socket.destroy();
    else this.#owner.refuse(socket, NO_TUNNEL, request);
  }

  #closeIdle(): void {
    if (this.#isDraining && this.#unanswered.size === 0) this.#http.closeIdleConnections();
  }
}

function bodyError({ status }: Denial): BrokenBodyError {
  return status === 408 ? new BrokenBodyError("took too long", 408) : new BrokenBodyError("broke off or was malformed");
}
