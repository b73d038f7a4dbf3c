import type { Socket } from "node:net";
import { WebSocketServer } from "ws";
import type { Handshake } from "./handshake.ts";
import { OwnedWebSocket } from "./socket-events.ts";

/**
 * The pings and pongs that a client may send between two beats, which are a third of a ping interval apart, and during one
 * fragmented message.
 */
export const MAX_CONTROL_FRAMES = 1_000;

/** The limits that `ws` enforces on a socket. */
export interface UpgraderLimits {
  readonly maxPayloadBytes: number;
  readonly maxFragments: number;
  readonly closeTimeoutMs: number;
}

/**
 * The reads that one unfinished frame may take: as many as segments of 512 bytes need, and some more. Each read takes
 * several hundred bytes in memory, even a read of one byte.
 */
function maxReads(maxPayloadBytes: number): number {
  return 1_024 + Math.ceil(maxPayloadBytes / 512);
}

/** A wrapper of `ws` that completes WebSocket handshakes. */
export class Upgrader {
  readonly #server: WebSocketServer;
  /** The handshake that `ws` is completing, for its hooks. */
  #current: { readonly subprotocol: string | undefined; readonly handshake: Handshake } | undefined;

  constructor({ maxPayloadBytes, maxFragments, closeTimeoutMs }: UpgraderLimits) {
    const maxBufferedChunks = maxReads(maxPayloadBytes);
    const limits = {
      maxPayload: maxPayloadBytes,
      maxFragments,
      maxBufferedChunks,
      // The socket closes a client that floods, with a reason. Above this number, `ws` would cut the client without one.
      maxPendingAutoPongs: MAX_CONTROL_FRAMES + 1,
      closeTimeout: closeTimeoutMs,
    };
    this.#server = new WebSocketServer({
      ...limits,
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      WebSocket: OwnedWebSocket,
      handleProtocols: () => this.#current?.subprotocol ?? false,
    });
    this.#server.on("headers", (lines) => {
      for (const [name, value] of this.#current?.handshake.reply.take() ?? []) lines.push(`${name}: ${value}`);
    });
  }

  /** Answers a handshake with 101 and returns the open socket. Returns undefined when `ws` refuses the request. */
  complete(handshake: Handshake, stream: Socket, subprotocol: string | undefined): OwnedWebSocket | undefined {
    this.#current = { subprotocol, handshake };
    let accepted: OwnedWebSocket | undefined;
    this.#server.handleUpgrade(handshake.request, stream, handshake.head, (ws) => {
      accepted = ws as OwnedWebSocket;
    });
    this.#current = undefined;
    return accepted;
  }
}
