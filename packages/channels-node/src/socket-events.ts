/**
 * Passes the events of `ws` sockets and of their raw streams to the objects that own them. All connections share one
 * listener per event of the stream, because a closure per connection would cost memory.
 */
import type { Duplex } from "node:stream";
import { WebSocket } from "ws";

/** The owner of a raw stream, and of the `ws` socket on it once the handshake is complete. */
export interface SocketEvents {
  /** Called for each message of the client. */
  messageReceived(data: string | Uint8Array): void;
  /** Called for each ping and each pong of the client. `ws` answers the pings. */
  controlReceived(): void;
  /** Called for the bytes that the client sends before its handshake is answered. */
  earlyBytesReceived(bytes: Buffer): void;
  /** Returns the sentence for a client whose frame `ws` refuses with this close code. */
  refusalReason(code: number): string;
  /**
   * Called when either side starts the closing handshake. `code` is the close code; undefined when the side sends none.
   * `isRefusal` is true when `ws` refuses a frame.
   */
  closeStarted(code: number | undefined, isRefusal: boolean): void;
  /** Called when the `ws` socket has closed. */
  closed(code: number, reason: string): void;
  /** Called when the client has ended its half of the stream before `releaseStream`. */
  clientEnded(): void;
  /** Called when the stream has closed. With a `ws` socket, a call of `closed` follows. */
  streamClosed(): void;
}

/** A `ws` socket with an owner. It calls its owner instead of listeners, whose table would cost memory. */
export class OwnedWebSocket extends WebSocket {
  declare owner: SocketEvents;

  /** Whether the client has sent a part of a fragmented message. `ws` has no public property for it. */
  get hasUnfinishedMessage(): boolean {
    const receiver: unknown = Reflect.get(this, "_receiver");
    return typeof receiver === "object" && receiver !== null && Number(Reflect.get(receiver, "_fragmented")) > 0;
  }

  override emit(event: string | symbol, value: unknown, detail: unknown): boolean {
    switch (event) {
      case "message":
        this.owner.messageReceived(detail === true ? (value as Buffer) : (value as Buffer).toString());
        break;
      case "ping":
      case "pong":
        this.owner.controlReceived();
        break;
      case "close":
        this.owner.closed(value as number, (detail as Buffer).toString());
    }
    // A `close` event follows each error, and handles both.
    return true;
  }

  /**
   * Starts the closing handshake. Also runs when the client starts it, and with a code but without a reason when `ws`
   * refuses a frame.
   */
  override close(code?: number, reason?: string | Buffer): void {
    const isRefusal = code !== undefined && reason === undefined;
    const sentReason = isRefusal ? this.owner.refusalReason(code) : reason;
    if (this.readyState === WebSocket.OPEN) this.owner.closeStarted(code, isRefusal);
    super.close(code, sentReason);
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
  // Node emits `end` only after all bytes have been read, so early bytes would hide a client that leaves.
  stream.on("data", onEarlyData);
  stream.on("end", onStreamEnd);
  stream.on("error", ignoreError);
}

/** Stops the reading of a raw stream, so that `ws` can start it. */
export function releaseStream(stream: Duplex): void {
  stream.off("data", onEarlyData);
  stream.off("end", onStreamEnd);
  stream.pause();
}

/** Drops all further bytes of the client. */
export function dropInput(stream: Duplex): void {
  stream.removeAllListeners("data");
  stream.resume();
}

function onStreamClose(this: Duplex): void {
  (this as OwnedDuplex)[OWNER].streamClosed();
}

function onEarlyData(this: Duplex, bytes: Buffer): void {
  (this as OwnedDuplex)[OWNER].earlyBytesReceived(bytes);
}

function onStreamEnd(this: Duplex): void {
  (this as OwnedDuplex)[OWNER].clientEnded();
}

/** Does nothing, because a `close` event follows each error and its listener handles both. */
function ignoreError(): void {}
