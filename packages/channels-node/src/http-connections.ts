import type { Server as HttpServer } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { Server as TlsServer } from "node:tls";

/** The connections of an HTTP server, which `drain` ends after their answers. Construct it before the server listens. */
export class HttpConnections {
  readonly #http: HttpServer;
  /** All connections of a TLS server, because `http` lists none with an incomplete TLS handshake. */
  readonly #tlsSockets = new Set<Socket>();
  /** The number of unfinished answers, for each connection with at least one. */
  readonly #answers = new Map<Socket, number>();
  #isDraining = false;

  constructor(http: HttpServer) {
    this.#http = http;
    http.on("request", ({ socket }, response) => {
      this.#countAnswer(socket, 1);
      response.once("close", () => {
        this.#countAnswer(socket, -1);
        this.#closeIdle();
      });
      if (this.#isDraining) response.setHeader("Connection", "close");
    });
    if (!(http instanceof TlsServer)) return;
    http.on("connection", (socket: Socket) => {
      this.#tlsSockets.add(socket);
      socket.once("close", () => this.#tlsSockets.delete(socket));
    });
  }

  /** Returns whether the connection has an unfinished answer, for which a later request has to wait. */
  isAnswering(socket: Socket): boolean {
    return this.#answers.has(socket);
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

  #closeIdle(): void {
    if (this.#isDraining && this.#answers.size === 0) this.#http.closeIdleConnections();
  }

  #countAnswer(socket: Socket, step: 1 | -1): void {
    const count = (this.#answers.get(socket) ?? 0) + step;
    if (count === 0) this.#answers.delete(socket);
    else this.#answers.set(socket, count);
  }
}
