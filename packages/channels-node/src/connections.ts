/** The connections of an HTTP server at its end: none is cut while an answer is on its way. */
import type { Server as HttpServer } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { Server as TlsServer } from "node:tls";

/** See the head of this file. Made before the server listens. */
export class Connections {
  readonly #http: HttpServer;
  /** Under TLS, all connections; nobody else knows those that are in the middle of their handshake. */
  readonly #encrypted = new Set<Socket>();
  /** Those with answers under way, and how many. */
  readonly #answering = new Map<Socket, number>();
  #isDraining = false;

  constructor(http: HttpServer) {
    this.#http = http;
    http.on("request", ({ socket }, response) => {
      this.#count(socket, 1);
      response.once("close", () => {
        this.#count(socket, -1);
        this.#closeIdle();
      });
      if (this.#isDraining) response.setHeader("Connection", "close");
    });
    if (!(http instanceof TlsServer)) return;
    http.on("connection", (socket: Socket) => {
      this.#encrypted.add(socket);
      socket.once("close", () => this.#encrypted.delete(socket));
    });
  }

  /** Whether a request of this connection is not answered yet: what comes behind it has to wait for its turn. */
  isAnswering(socket: Socket): boolean {
    return this.#answering.has(socket);
  }

  /** Stops listening, waits for the answers that are under way, and cuts what is left at the deadline. */
  async drain(deadline: Promise<void>): Promise<void> {
    this.#isDraining = true;
    const { promise: isClosed, resolve } = Promise.withResolvers<void>();
    // Not `http.close()`, which also cuts answers whose end still waits for a slow reader.
    NetServer.prototype.close.call(this.#http, () => resolve());
    this.#closeIdle();
    await Promise.race([isClosed, deadline]);
    this.#http.closeAllConnections();
    for (const socket of this.#encrypted) socket.destroy();
    await isClosed;
    // Nothing is left to close but the timer that looks for late requests, which would hold on to everything.
    this.#http.close();
  }

  #closeIdle(): void {
    if (this.#isDraining && this.#answering.size === 0) this.#http.closeIdleConnections();
  }

  #count(socket: Socket, step: 1 | -1): void {
    const count = (this.#answering.get(socket) ?? 0) + step;
    if (count === 0) this.#answering.delete(socket);
    else this.#answering.set(socket, count);
  }
}
