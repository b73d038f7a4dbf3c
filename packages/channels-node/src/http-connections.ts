import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import { Server as NetServer, Socket } from "node:net";
import { Server as TlsServer, type TLSSocket } from "node:tls";
import { BrokenBodyError, Denial } from "@lobby/channels";
import { Exchange, type LastWord } from "./exchange.ts";
import { linger } from "./linger.ts";
import type { ResolvedOptions } from "./options.ts";
import { parserDenial } from "./parser-denial.ts";
import type { PipelineGuard } from "./pipeline-guard.ts";
import { hasBody, isBodyArriving, isBodyReadable } from "./request-body.ts";
import { UnreadBodies } from "./unread-bodies.ts";

/** The owner of connections. */
export interface ConnectionsOwner {
  /** Called with each request when its turn comes. */
  begin(exchange: Exchange): void;
  /** Answers a connection with a denial outside of any exchange, logs it, and ends the connection. */
  refuse(socket: Socket, denial: Denial, request?: IncomingMessage): void;
  /** Logs a denial that cannot be sent, because another answer has begun or the connection is cut. */
  log(socket: Socket, denial: Denial): void;
}

/** The requests that may always wait on one connection for the answers before them. */
const OWN_WAITING = 16;
/** The requests that may wait on all connections. Above it, a connection may have `OWN_WAITING` waiting requests. */
const SHARED_WAITING = 4_096;
/** The bytes that may arrive on one connection behind the first waiting request. */
const MAX_WAITING_BYTES = 262_144;

/** How long an answer may pause for a client that has ended its half of the connection, and has probably left. */
const HALF_CLOSED_MS = 1_000;
/**
 * How long an application has after that to answer, before the server cuts the connection, and how long such a late answer
 * may pause. Databases and locks often make an application wait for five seconds before it can tell that it has to refuse.
 */
const LATE_ANSWER_MS = 9_000;

const TOO_MANY = new Denial(429, "Too many requests wait on this connection. Read the answers before you send more.");
const NO_TUNNEL = new Denial(501, "This server does not support CONNECT.");

/**
 * The connections of an HTTP server. Each has one request in progress, and pipelined requests wait for their turn.
 * `drain` ends the connections after their answers. Construct it before the server listens.
 *
 * A client that ends its half of the connection may wait for its answers, as with `nc -N`, or may have left. The system
 * tells only when the server writes. So the signal of a request aborts when its answer does not begin within
 * `HALF_CLOSED_MS`, and the server cuts the connection when nothing begins within `LATE_ANSWER_MS` more. It also cuts an
 * answer that pauses for `HALF_CLOSED_MS`, or for `LATE_ANSWER_MS` when it began after the signal: a client that leaves an
 * endless stream gives no other sign.
 */
export class HttpConnections {
  readonly #http: HttpServer;
  readonly #owner: ConnectionsOwner;
  readonly #guard: PipelineGuard;
  readonly #sendTimeoutMs: number;
  /** All connections of a TLS server, because `http` lists none with an incomplete TLS handshake. */
  readonly #tlsSockets = new Set<Socket>();
  /** The exchange in progress and the waiting ones, for each connection with an unfinished answer. */
  readonly #unanswered = new Map<Socket, Exchange[]>();
  /** The number of waiting exchanges on all connections. */
  #waiting = 0;
  #isDraining = false;
  /** One listener for all connections, because a closure per connection would cost memory. */
  readonly #handleEnd: (this: Socket) => void;

  constructor(http: HttpServer, owner: ConnectionsOwner, guard: PipelineGuard, options: ResolvedOptions) {
    this.#http = http;
    this.#owner = owner;
    this.#guard = guard;
    this.#sendTimeoutMs = options.sendTimeoutMs;
    new UnreadBodies(this.#unanswered, options).watch(http);
    // By default, Node ends a connection together with the client's half, also before the answer.
    Object.assign(http, { httpAllowHalfOpen: true });
    const receive = (request: IncomingMessage, response: ServerResponse): void => this.#receive(request, response);
    for (const event of ["request", "checkContinue", "checkExpectation"]) http.on(event, receive);
    http.on("clientError", (error, stream) => this.#fail(error, stream as Socket));
    http.on("connect", (request, stream) => this.#refuseTunnel(request, stream as Socket));
    http.on("timeout", (socket) => this.#handleTimeout(socket));
    const halfClose = (socket: Socket): void => this.#halfClose(socket);
    this.#handleEnd = function handleEnd(this: Socket): void {
      halfClose(this);
    };
    const isTls = http instanceof TlsServer;
    http.on(isTls ? "secureConnection" : "connection", (socket: Socket) => {
      // Node sets this only without TLS. An answer may follow the client's last bytes in TLS as well (RFC 8446 §6.1).
      socket.allowHalfOpen = true;
      socket.on("end", this.#handleEnd);
    });
    if (!isTls) return;
    http.on("tlsClientError", (error, { _parent }: TLSSocket & { readonly _parent?: Socket | null }) => {
      const denial = parserDenial(error);
      // The connection under TLS stays open until this listener has returned. Node has no public name for it.
      if (denial !== undefined && _parent instanceof Socket) this.#owner.refuse(_parent, denial);
    });
    http.on("connection", (socket: Socket) => {
      this.#tlsSockets.add(socket);
      socket.once("close", () => this.#tlsSockets.delete(socket));
    });
  }

  /** Forgets a connection that has become a WebSocket. */
  release(socket: Socket): void {
    socket.off("end", this.#handleEnd);
  }

  /** Returns whether a WebSocket may take the connection: no answer is unfinished, and none was the last one. */
  isFree(socket: Socket): boolean {
    return !this.#unanswered.has(socket) && !socket.writableEnded;
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
    // Node has forgotten the connections with CONNECT behind an unfinished answer.
    for (const socket of [...this.#unanswered.keys(), ...this.#tlsSockets]) socket.destroy();
    await closed;
    // This clears Node's timer for late requests, which would keep the server in memory.
    this.#http.close();
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const unanswered = this.#unanswered.get(socket);
    if (socket.destroyed) return;
    // Drops the body as it arrives.
    if (!isBodyReadable(request) && hasBody(request)) request.resume();
    if (socket.writableEnded) {
      // The client has its last answer, and keeping further requests would cost memory.
      socket.destroy();
    } else if (unanswered === undefined) {
      const exchange = new Exchange(request, response, 0);
      this.#unanswered.set(socket, [exchange]);
      this.#begin(socket, exchange);
    } else {
      this.#enqueue(socket, unanswered, new Exchange(request, response, socket.bytesRead));
    }
  }

  #enqueue(socket: Socket, unanswered: Exchange[], exchange: Exchange): void {
    this.#guard.count(socket);
    if (socket.destroyed) {
      this.#owner.log(socket, TOO_MANY);
      return;
    }
    const waitingBytes = exchange.receivedBytes - (unanswered[1] ?? exchange).receivedBytes;
    const isFull = unanswered.length > OWN_WAITING && this.#waiting >= SHARED_WAITING;
    if (!isFull && waitingBytes <= MAX_WAITING_BYTES) {
      // A head that was late has arrived after all.
      const before = unanswered.at(-1);
      if (before !== undefined) before.lastWord = undefined;
      unanswered.push(exchange);
      this.#waiting += 1;
    } else if (unanswered[0]?.response.headersSent === true) {
      this.#owner.log(socket, TOO_MANY);
      socket.destroy();
    } else {
      this.#owner.refuse(socket, TOO_MANY);
    }
  }

  /** Handles the end of the client's half. */
  #halfClose(socket: Socket): void {
    const last = this.#unanswered.get(socket)?.at(-1);
    if (last === undefined) return;
    // With a last word, the answer is not the last one of the connection.
    if (last.lastWord === undefined) last.response.shouldKeepAlive = false;
    socket.setTimeout(HALF_CLOSED_MS);
  }

  /** Handles a time in which nothing arrived and nothing was sent. */
  #handleTimeout(socket: Socket): void {
    const exchange = this.#unanswered.get(socket)?.[0];
    if (exchange === undefined) {
      // `headersTimeoutMs` bounds the head.
      if (!isHeadArriving(socket)) socket.destroy();
      return;
    }
    const hasBegun = exchange.response.headersSent;
    const isReading = socket.writableLength === 0;
    // Without waiting bytes, the server waits for the application or for the rest of the request.
    if (!socket.readableEnded && isReading) return;
    const step = hasBegun ? "send" : "begin";
    if (!socket.readableEnded || (hasBegun && isReading) || exchange.overdue === step) {
      socket.destroy();
      return;
    }
    exchange.overdue = step;
    if (!hasBegun) exchange.leave();
    socket.setTimeout(hasBegun ? this.#sendTimeoutMs : LATE_ANSWER_MS);
  }

  #begin(socket: Socket, exchange: Exchange): void {
    if (this.#isDraining) exchange.response.shouldKeepAlive = false;
    this.#owner.begin(exchange);
    exchange.response.once("close", () => this.#finish(socket, exchange));
  }

  /** Continues with the next exchange of a connection, or with none. */
  #finish(socket: Socket, { response, lastWord }: Exchange): void {
    const unanswered = this.#unanswered.get(socket) ?? [];
    unanswered.shift();
    if (unanswered.length > 0) {
      this.#waiting -= 1;
      // Other connections come first, and Node notices a client that has left.
      setImmediate(() => this.#beginFirst(socket, unanswered));
      return;
    }
    this.#unanswered.delete(socket);
    if (lastWord !== undefined && socket.writable) {
      // Nothing follows an answer that announces the end of the connection (RFC 9112 §9.6).
      if (announcesClose(response)) linger(socket);
      else this.#owner.refuse(socket, lastWord.denial, lastWord.request);
    }
    this.#closeIdle();
  }

  /** Begins with the first exchange of the list. Drops all when the client has left or has its last answer. */
  #beginFirst(socket: Socket, unanswered: readonly Exchange[]): void {
    const [first] = unanswered;
    if (first !== undefined && isThere(socket)) {
      if (socket.readableEnded) socket.setTimeout(HALF_CLOSED_MS);
      this.#begin(socket, first);
      return;
    }
    this.#waiting -= unanswered.length - 1;
    this.#unanswered.delete(socket);
    this.#closeIdle();
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
    else if (isBodyArriving(last.request)) last.failBody(new BrokenBodyError("broke off or was malformed"));
    else this.#followWith(socket, last, { denial });
  }

  #refuseTunnel(request: IncomingMessage, socket: Socket): void {
    // Node has removed its own listeners, and reads nothing more.
    socket.on("error", () => undefined);
    socket.on("timeout", () => this.#handleTimeout(socket));
    socket.resume();
    // The client has its last answer.
    if (socket.writableEnded) return;
    const last = this.#unanswered.get(socket)?.at(-1);
    if (last === undefined) this.#owner.refuse(socket, NO_TUNNEL, request);
    else this.#followWith(socket, last, { denial: NO_TUNNEL, request });
  }

  /** Lets a last word follow an exchange, unless the client has asked to end the connection with its answer. */
  #followWith(socket: Socket, last: Exchange, lastWord: LastWord): void {
    if (!last.response.shouldKeepAlive) return;
    last.lastWord ??= lastWord;
    // Node calls this method after an answer that ends the connection. Behind the last exchange, the last word does.
    socket.destroySoon = () => {
      if (this.#unanswered.get(socket)?.[0]?.lastWord === undefined) linger(socket);
    };
  }

  #closeIdle(): void {
    if (this.#isDraining && this.#unanswered.size === 0) this.#http.closeIdleConnections();
  }
}

/** Returns whether an answer announced the end of the connection. Node has no public name for the head that it sent. */
function announcesClose(response: ServerResponse): boolean {
  return /^connection:.*\bclose\b/im.test(String(Reflect.get(response, "_header")));
}

/** Returns whether the client can take an answer. After the end of the client's half, only a write tells. */
function isThere(socket: Socket): boolean {
  if (socket.readableEnded) socket.write("");
  return socket.writable && socket.errored === null;
}

/** Returns whether a part of a head has arrived. Node has no public name for the parser, which `finish` leaves as it is. */
function isHeadArriving(socket: Socket): boolean {
  const parser = Reflect.get(socket, "parser") as { finish(): unknown } | null | undefined;
  return parser?.finish() instanceof Error;
}
