import type { Server as HttpServer } from "node:http";
import type { Socket } from "node:net";
import { BodyTooLargeError, BrokenBodyError } from "@lobby/channels";
import type { Exchange } from "./exchange.ts";
import type { ResolvedOptions } from "./options.ts";
import { isBodyArriving } from "./request-body.ts";

const LOOK_MS = 500;

/** The unfinished exchanges of each connection, in order. */
type Exchanges = ReadonlyMap<Socket, readonly Exchange[]>;

/**
 * A watch over bodies that nobody reads. Such a body stops the server from reading its connection, and so from noticing
 * that the client has left. The server drops a body that is too large, and one that nobody reads for `requestTimeoutMs`
 * while an answer on its connection has begun or has to come first. A handler that has yet to answer may take its time.
 */
export class UnreadBodies {
  readonly #exchanges: Exchanges;
  readonly #maxBodyBytes: number;
  readonly #timeoutMs: number;

  constructor(exchanges: Exchanges, { maxBodyBytes, requestTimeoutMs }: ResolvedOptions) {
    this.#exchanges = exchanges;
    this.#maxBodyBytes = maxBodyBytes;
    this.#timeoutMs = requestTimeoutMs;
  }

  /** Looks twice a second while the server listens. */
  watch(http: HttpServer): void {
    http.once("listening", () => {
      const timer = setInterval(() => this.#look(), LOOK_MS).unref();
      http.once("close", () => clearInterval(timer));
    });
  }

  #look(): void {
    for (const [socket, exchanges] of this.#exchanges) {
      // Bodies arrive in order, so only the last one can stop the connection.
      const last = exchanges.at(-1);
      if (last === undefined || !isBodyArriving(last.request) || !isStuck(socket, last)) continue;
      if (isTooLarge(last, this.#maxBodyBytes)) {
        last.failBody(new BodyTooLargeError(this.#maxBodyBytes));
      } else if (performance.now() - last.stuckSinceMs >= this.#timeoutMs && !isHandling(exchanges)) {
        last.failBody(new BrokenBodyError("waited too long for its handler", 503));
      }
    }
  }
}

/** Returns whether a handler that has yet to answer may still read the last body. */
function isHandling(exchanges: readonly Exchange[]): boolean {
  return exchanges.length === 1 && exchanges[0]?.response.headersSent === false;
}

/** Returns whether the body has stopped the connection, and nobody has taken a byte of it since the last look. */
function isStuck(socket: Socket, last: Exchange): boolean {
  if (!socket.isPaused()) {
    last.stuckAtBytes = undefined;
    return false;
  }
  const takenBytes = socket.bytesRead - last.request.readableLength;
  if (last.stuckAtBytes === takenBytes) return true;
  last.stuckAtBytes = takenBytes;
  last.stuckSinceMs = performance.now();
  return false;
}

function isTooLarge({ request }: Exchange, maxBodyBytes: number): boolean {
  return Number(request.headers["content-length"]) > maxBodyBytes || request.readableLength > maxBodyBytes;
}
