import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Handshake } from "./handshake.ts";
import { OwnedWebSocket } from "./socket-events.ts";

/** The limits that `ws` enforces on a socket. */
export interface UpgraderLimits {
  readonly maxPayloadBytes: number;
  readonly closeTimeoutMs: number;
}

/** A wrapper of `ws` that completes WebSocket handshakes. */
export class Upgrader {
  readonly #server: WebSocketServer;
  /** The handshake that `ws` is completing, for its hooks. */
  #current: { readonly subprotocol: string | undefined; readonly handshake: Handshake } | undefined;

  constructor({ maxPayloadBytes, closeTimeoutMs }: UpgraderLimits) {
    const limits = { maxPayload: maxPayloadBytes, closeTimeout: closeTimeoutMs };
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
  complete(handshake: Handshake, stream: Duplex, subprotocol: string | undefined): OwnedWebSocket | undefined {
    this.#current = { subprotocol, handshake };
    let accepted: OwnedWebSocket | undefined;
    this.#server.handleUpgrade(handshake.request, stream, handshake.head, (ws) => {
      accepted = ws as OwnedWebSocket;
    });
    this.#current = undefined;
    return accepted;
  }
}
