/**
 * Passes the events of `ws` sockets and of their raw streams to the objects that own them. All connections share one
 * listener per event, because a closure per connection would cost memory.
 */
import type { Duplex } from "node:stream";
import { WebSocket } from "ws";

/** The owner of a raw stream, and of the `ws` socket on it once the handshake is complete. */
export interface SocketEvents {
  /** Called for each message of the client. */
  messageReceived(data: string | Uint8Array): void;
  pongReceived(): void;
  /** Called when either side starts the closing handshake. `code` is the close code; undefined when the side sends none. */
  closeStarted(code: number | undefined): void;
  /** Called when the `ws` socket has closed. */
  closed(code: number, reason: string): void;
  /** Called when the client has ended its half of the stream. */
  clientEnded(): void;
  /** Called when the stream has closed. With a `ws` socket, a call of `closed` follows. */
  streamClosed(): void;
}

/** A `ws` socket with an owner. */
export class OwnedWebSocket extends WebSocket {
  declare owner: SocketEvents;

  /** Starts the closing handshake. Also runs when the client starts it, and after an error of `ws`. */
  override close(code?: number, reason?: string | Buffer): void {
    if (this.readyState === WebSocket.OPEN) this.owner.closeStarted(code);
    super.close(code, reason);
  }
}

const OWNER = Symbol("owner");

interface OwnedDuplex extends Duplex {
  [OWNER]: SocketEvents;
}

/** Passes the events of a raw stream to its owner. */
export function listenToStream(stream: Duplex, owner: SocketEvents): void {
  (stream as OwnedDuplex)[OWNER] = owner;
  stream.on("close", onStreamClose);
  stream.on("end", onStreamEnd);
  stream.on("error", ignoreError);
}

/** Passes the events of a `ws` socket to its owner. */
export function listenToWebSocket(ws: OwnedWebSocket, owner: SocketEvents): void {
  ws.owner = owner;
  ws.on("message", onMessage);
  ws.on("pong", onPong);
  ws.on("close", onClose);
  ws.on("error", ignoreError);
}

function onStreamClose(this: Duplex): void {
  (this as OwnedDuplex)[OWNER].streamClosed();
}

function onStreamEnd(this: Duplex): void {
  (this as OwnedDuplex)[OWNER].clientEnded();
}

function onMessage(this: WebSocket, data: Buffer, isBinary: boolean): void {
  ownerOf(this).messageReceived(isBinary ? data : data.toString());
}

function onPong(this: WebSocket): void {
  ownerOf(this).pongReceived();
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  ownerOf(this).closed(code, reason.toString());
}

/** Does nothing, because a `close` event follows each error and its listener handles both. */
function ignoreError(): void {}

function ownerOf(ws: WebSocket): SocketEvents {
  return (ws as OwnedWebSocket).owner;
}
