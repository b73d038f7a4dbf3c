import type { Duplex } from "node:stream";
import type { Denial, ServerSocket, SocketHandler } from "@lobby/channels";
import {
  closingDenial,
  cutTarget,
  SLOW_CLIENT_REASON,
  type HeartbeatTarget,
  type ServerFanout,
} from "@lobby/channels/server";
import type { Release } from "./admission.ts";
import { PING } from "./frames.ts";
import type { Handshake } from "./handshake.ts";
import { listenToStream, listenToWebSocket, type OwnedWebSocket, type SocketEvents } from "./socket-events.ts";
import { writeDenial } from "./write-denial.ts";

/** The owner of sockets, with the parts that they share. */
export interface SocketOwner {
  readonly fanout: ServerFanout<Buffer>;
  readonly maxBufferedBytes: number;
  readonly slowClientCloseCode: number;
  /** Answers a handshake with 101 and returns the open socket; undefined when the request is invalid. */
  upgrade(handshake: Handshake, stream: Duplex, subprotocol: string | undefined): OwnedWebSocket | undefined;
  /** Called when the socket has answered its handshake with this HTTP status. */
  answered(socket: NodeSocket, status: number): void;
  /** Called when the connection has ended, also before it opened. */
  ended(socket: NodeSocket, code: number): void;
}

/** A WebSocket connection of a server, from its handshake to its end. */
export class NodeSocket implements ServerSocket<Buffer>, HeartbeatTarget, SocketEvents {
  readonly fanout: ServerFanout<Buffer>;
  readonly startedAtMs: number = performance.now();
  readonly method: string;
  readonly target: string;
  readonly clientAddress: string;
  /** The owner calls it when the connection has ended. */
  release: Release | undefined = undefined;
  readonly #owner: SocketOwner;
  readonly #stream: Duplex;
  /** Undefined once the handshake is answered. */
  #handshake: Handshake | undefined;
  #ws: OwnedWebSocket | undefined;
  #handler: SocketHandler | undefined;
  /** Whether the client has sent anything since the last ping. */
  #isAlive = true;
  /** Whether the connection is open and neither side has started to close it. */
  #isWritable = false;
  /** Whether the last write exceeded the stream's high-water mark. */
  #isBackedUp = false;
  #isClosing = false;
  /** The close code for a client that broke the protocol. */
  #violationCode: number | undefined;
  #hasEnded = false;

  constructor(owner: SocketOwner, stream: Duplex, handshake: Handshake, clientAddress: string) {
    this.#owner = owner;
    this.fanout = owner.fanout;
    this.#stream = stream;
    this.#handshake = handshake;
    this.method = handshake.request.method ?? "";
    this.target = cutTarget(handshake.request.url ?? "/");
    this.clientAddress = clientAddress;
    listenToStream(stream, this);
  }

  /** Whether the socket has accepted the handshake. */
  get hasOpened(): boolean {
    return this.#ws !== undefined;
  }

  /** Opens the application's handler. Closes it with 1006 instead when the handshake is over or the client has left. */
  open(handler: SocketHandler): void {
    if (this.#handshake === undefined || this.#hasEnded) {
      handler.close(1006, "");
      return;
    }
    this.#handler = handler;
    handler.open();
  }

  accept(subprotocol: string | undefined): void {
    if (this.#handshake === undefined || this.#hasEnded) return;
    const ws = this.#owner.upgrade(this.#handshake, this.#stream, subprotocol);
    this.#handshake = undefined;
    if (ws === undefined) {
      this.#handler?.closing();
      return;
    }
    this.#ws = ws;
    this.#isWritable = true;
    listenToWebSocket(ws, this);
    this.#owner.answered(this, 101);
  }

  deny(denial: Denial): void {
    const handshake = this.#handshake;
    if (handshake === undefined || this.#hasEnded) return;
    if (denial.closeCode !== undefined) {
      // A browser that offers subprotocols fails the connection without the close code when the server chooses none.
      this.accept(handshake.subprotocols[0]);
      this.close(denial.closeCode, denial.reason);
      return;
    }
    this.#handshake = undefined;
    writeDenial(this.#stream, denial, handshake.reply);
    this.#owner.answered(this, denial.status);
    this.#handler?.closing();
  }

  write(frame: Buffer): void {
    if (!this.#isWritable || (this.#isBackedUp && this.#closeIfTooSlow())) return;
    this.#isBackedUp = !this.#stream.write(frame);
  }

  cork(): void {
    this.#stream.cork();
  }

  uncork(): void {
    this.#stream.uncork();
  }

  /** Starts the closing handshake and ignores later messages of the client. Denies an unanswered handshake with 503. */
  close(code: number, reason: string): void {
    if (this.#handshake !== undefined) {
      this.deny(closingDenial());
      return;
    }
    this.#isClosing = true;
    this.#isWritable = false;
    this.#ws?.close(code, reason);
    // A paused socket would never read the client's close frame.
    this.#ws?.resume();
  }

  pause(): void {
    this.#ws?.pause();
  }

  resume(): void {
    this.#ws?.resume();
  }

  beat(): void {
    if (this.#isAlive) {
      this.#isAlive = false;
      if (this.#isWritable) this.#stream.write(PING);
    } else if (this.#ws?.isPaused !== true) {
      // A paused socket reads no pong, so its client may still be connected.
      this.terminate();
    }
  }

  /** Cuts the connection without a closing handshake. */
  terminate(): void {
    this.#ws?.terminate();
    this.#stream.destroy();
  }

  /** Resolves once the application has finished its work for this connection. */
  whenIdle(): Promise<void> {
    return this.#handler?.whenIdle() ?? Promise.resolve();
  }

  messageReceived(data: string | Uint8Array): void {
    this.#isAlive = true;
    if (!this.#isClosing) this.#handler?.receive(data);
  }

  pongReceived(): void {
    this.#isAlive = true;
  }

  closeStarted(code: number | undefined): void {
    if (!this.#isClosing) this.#violationCode = code;
    this.#isClosing = true;
    this.#isWritable = false;
    this.#handler?.closing();
  }

  closed(endCode: number, reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    // A client that broke the protocol may not answer the close frame; the server's close code names its mistake.
    const code = endCode === 1006 ? (this.#violationCode ?? endCode) : endCode;
    this.#handler?.close(code, reason);
    this.#owner.ended(this, code);
  }

  /** Cuts an unanswered handshake, because a client that has ended its half cannot open a WebSocket. */
  clientEnded(): void {
    if (this.#handshake !== undefined) this.#stream.destroy();
  }

  streamClosed(): void {
    this.#isWritable = false;
    // The `ws` socket, if there is one, emits its own close event with the code.
    if (this.#ws === undefined) this.closed(1006, "");
  }

  /** Closes the connection when too many bytes wait for the client. Returns whether it did. */
  #closeIfTooSlow(): boolean {
    const { maxBufferedBytes, slowClientCloseCode } = this.#owner;
    if (this.#stream.writableCorked > 0) {
      // Corked bytes wait for the server, so they must not count.
      this.#stream.uncork();
      this.#stream.cork();
    }
    if (this.#stream.writableLength <= maxBufferedBytes) return false;
    this.close(slowClientCloseCode, SLOW_CLIENT_REASON);
    return true;
  }
}
