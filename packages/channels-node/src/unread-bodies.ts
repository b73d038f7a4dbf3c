import type { Server as HttpServer } from "node:http";
import type { Socket } from "node:net";
import { BodyTooLargeError, BrokenBodyError } from "@lobby/channels";
import type { Exchange } from "./exchange.ts";
import type { MergedMessage } from "./merged-message.ts";
import type { ResolvedOptions } from "./options.ts";
import { isBodyArriving } from "./request-body.ts";

const LOOK_MS = 500;
/** The most that the server takes of one unread body. */
const MAX_AHEAD_BYTES = 1_048_576;
/** The unread bodies of which it takes that much at once. */
const MAX_AHEAD = 64;

/** The unfinished exchanges of each connection, in order. */
type Exchanges = ReadonlyMap<Socket, readonly Exchange[]>;

/**
 * A watch over bodies that nobody reads. Such a body stops the server from reading its connection, and so from noticing
 * that the client has left. The server then takes the body into memory, within limits. It drops a body that is too large,
 * and one that waits for `requestTimeoutMs` while an answer on its connection has begun or has to come first.
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
    let ahead = 0;
    for (const exchanges of this.#exchanges.values()) {
      for (const { isReadAhead, request } of exchanges) if (isReadAhead && request.readableLength > 0) ahead += 1;
    }
    for (const [socket, exchanges] of this.#exchanges) {
      // Bodies arrive in order, so only the last one can stop the connection.
      const last = exchanges.at(-1);
      if (last === undefined || !isBodyArriving(last.request) || !isStuck(socket, last)) continue;
      if (isTooLarge(last, this.#maxBodyBytes)) {
        last.failBody(new BodyTooLargeError(this.#maxBodyBytes));
      } else if (!last.isReadAhead && ahead < MAX_AHEAD) {
        ahead += 1;
        last.isReadAhead = true;
        // One byte more shows that a body is too large.
        (last.request as MergedMessage).readAhead(Math.min(this.#maxBodyBytes, MAX_AHEAD_BYTES) + 1);
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

/** Returns whether the server has read nothing of the connection since the last look, because of this body. */
function isStuck(socket: Socket, last: Exchange): boolean {
  if (!socket.isPaused()) {
    last.stuckBytes = undefined;
    return false;
  }
  if (last.stuckBytes === socket.bytesRead) return true;
  last.stuckBytes = socket.bytesRead;
  last.stuckSinceMs = performance.now();
  return false;
}

function isTooLarge({ request }: Exchange, maxBodyBytes: number): boolean {
  return Number(request.headers["content-length"]) > maxBodyBytes || request.readableLength > maxBodyBytes;
}
