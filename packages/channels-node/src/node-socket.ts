/** One WebSocket of the server, from the handshake to its end. */
import type { IncomingMessage } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import type { Denial } from "@lobby/channels";
import {
  closingDenial,
  type HeartbeatTarget,
  type ServerFanout,
  type ServerSocket,
  type SocketHandler,
} from "@lobby/channels/server";
import { PING } from "./frames.ts";
import { offeredSubprotocols, type ReplyHeaderLines } from "./request.ts";

/** What a socket needs of its server. */
export interface SocketOwner {
  readonly fanout: ServerFanout<Buffer>;
  readonly maxBufferedBytes: number;
  readonly slowClientCloseCode: number;
  /** Completes the handshake; undefined when the request turns out not to be one. */
  upgrade(socket: NodeSocket, subprotocol: string | undefined): OwnedWebSocket | undefined;
  /** The handshake was answered with this HTTP status. */
  answered(socket: NodeSocket, status: number): void;
  /** The connection is over, however it began. */
  ended(socket: NodeSocket, code: number): void;
}

/** A `ws` socket that knows whose it is, so that all of them share their listeners. */
export class OwnedWebSocket extends WebSocket {
  declare owner: NodeSocket;

  /** Every closing handshake passes here: the application's, the server's, the peer's, and that of `ws` for an error. */
  override close(code?: number, reason?: string | Buffer): void {
    if (this.readyState === WebSocket.OPEN) this.owner.closing(code);
    super.close(code, reason);
  }
}

/** What the handshake needs and an open socket does not. */
export interface Handshake {
  readonly request: IncomingMessage;
  readonly head: Buffer;
  readonly reply: ReplyHeaderLines;
}

/** See the head of this file. */
export class NodeSocket implements ServerSocket<Buffer>, HeartbeatTarget {
  readonly fanout: ServerFanout<Buffer>;
  readonly openedAtMs: number = performance.now();
  readonly method: string;
  readonly target: string;
  readonly clientAddress: string;
  /** Whether anything came from the peer since the last ping. */
  isAlive = true;
  readonly #owner: SocketOwner;
  readonly #raw: Duplex;
  #handshake: Handshake | undefined;
  #ws: OwnedWebSocket | undefined;
  #handler: SocketHandler | undefined;
  /** Whether frames can be written: it is open, and nobody has begun to close it. */
  #isWritable = false;
  /** Whether more was waiting after the last write than a socket likes to hold. */
  #isBehind = false;
  #isClosing = false;
  /** What the peer was told when it broke the protocol. */
  #violationCode: number | undefined;
  #isOver = false;

  constructor(host: SocketOwner, raw: Duplex, handshake: Handshake, clientAddress: string) {
    this.#owner = host;
    this.fanout = host.fanout;
    this.#raw = raw;
    this.#handshake = handshake;
    this.method = handshake.request.method ?? "";
    this.target = handshake.request.url ?? "/";
    this.clientAddress = clientAddress;
    (raw as OwnedDuplex)[OWNER] = this;
    raw.on("close", onRawClose);
    raw.on("end", onRawEnd);
    raw.on("error", ignoreUntilClose);
  }

  /** Hands the connection to its application, unless it was answered or lost in the meantime. */
  open(handler: SocketHandler): void {
    if (this.#handshake === undefined || this.#isOver) {
      handler.close(1006, "");
      return;
    }
    this.#handler = handler;
    handler.open();
  }

  get handshake(): Handshake | undefined {
    return this.#handshake;
  }

  get raw(): Duplex {
    return this.#raw;
  }

  accept(subprotocol: string | undefined): void {
    if (this.#handshake === undefined || this.#isOver) return;
    const ws = this.#owner.upgrade(this, subprotocol);
    this.#handshake = undefined;
    if (ws === undefined) {
      this.#handler?.closing();
      return;
    }
    this.#ws = ws;
    this.#isWritable = true;
    ws.owner = this;
    ws.on("message", onMessage);
    ws.on("pong", onPong);
    ws.on("close", onClose);
    ws.on("error", ignoreUntilClose);
    this.#owner.answered(this, 101);
  }

  deny({ status, reason, headers, body, closeCode }: Denial): void {
    if (this.#handshake === undefined || this.#isOver) return;
    if (closeCode !== undefined) {
      // Browsers that offer subprotocols give up, and tell nothing, when none is chosen.
      this.accept(offeredSubprotocols(this.#handshake.request)[0]);
      this.close(closeCode, reason);
      return;
    }
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
      "Connection: close",
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...[...headers, ...this.#handshake.reply.take()].map(([name, value]) => `${name}: ${value}`),
    ];
    this.#handshake = undefined;
    this.#raw.cork();
    this.#raw.write(`${head.join("\r\n")}\r\n\r\n`);
    this.#raw.end(body);
    // A peer that goes on sending must not hold the socket half-closed.
    this.#raw.once("finish", () => this.#raw.destroy());
    this.#owner.answered(this, status);
    this.#handler?.closing();
  }

  write(frame: Buffer): void {
    if (!this.#isWritable || (this.#isBehind && this.#isTooFarBehind())) return;
    this.#isBehind = !this.#raw.write(frame);
  }

  cork(): void {
    this.#raw.cork();
  }

  uncork(): void {
    this.#raw.uncork();
  }

  /** Says goodbye; what the peer sends from here on is not heard. */
  close(code: number, reason: string): void {
    if (this.#handshake !== undefined) {
      this.deny(closingDenial());
      return;
    }
    this.#isClosing = true;
    this.#isWritable = false;
    this.#ws?.close(code, reason);
    // The peer's answer must be read, even when its messages were held back.
    this.#ws?.resume();
  }

  pause(): void {
    this.#ws?.pause();
  }

  resume(): void {
    this.#ws?.resume();
  }

  beat(): void {
    if (this.isAlive) {
      this.isAlive = false;
      if (this.#isWritable) this.#raw.write(PING);
    } else if (this.#ws?.isPaused !== true) {
      // One whose messages are held back cannot be heard answering.
      this.terminate();
    }
  }

  terminate(): void {
    this.#ws?.terminate();
    this.#raw.destroy();
  }

  /** Resolves when the application has nothing left to do for this connection. */
  whenIdle(): Promise<void> {
    return this.#handler?.whenIdle() ?? Promise.resolve();
  }

  received(data: string | Uint8Array): void {
    this.isAlive = true;
    if (!this.#isClosing) this.#handler?.receive(data);
  }

  /** The closing handshake begins. */
  closing(code: number | undefined): void {
    if (!this.#isClosing) this.#violationCode = code;
    this.#isClosing = true;
    this.#isWritable = false;
    this.#handler?.closing();
  }

  over(endCode: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // A peer that broke the protocol answers no close; what it did is known all the same.
    const code = endCode === 1006 ? (this.#violationCode ?? endCode) : endCode;
    this.#handler?.close(code, reason);
    this.#owner.ended(this, code);
  }

  /** What waits for a peer that does not read stays bounded, and the close frame gets its chance behind it. */
  #isTooFarBehind(): boolean {
    const { maxBufferedBytes, slowClientCloseCode } = this.#owner;
    if (this.#raw.writableCorked > 0) {
      // Only what the peer does not take may count as waiting.
      this.#raw.uncork();
      this.#raw.cork();
    }
    if (this.#raw.writableLength <= maxBufferedBytes) return false;
    this.close(slowClientCloseCode, "Too much is waiting; come back");
    return true;
  }

  /** Whether the handshake was completed. */
  get hasOpened(): boolean {
    return this.#ws !== undefined;
  }

  /** The client has ended its half. Before it is answered it has hung up: no WebSocket begins like that. */
  ended(): void {
    if (this.#handshake !== undefined) this.#raw.destroy();
  }

  /** The connection is gone. */
  lost(): void {
    this.#isWritable = false;
    // With a `ws` socket, its own close event follows and knows the code.
    if (this.#ws === undefined) this.over(1006, "");
  }
}

/** Where a connection keeps whose it is, so that all of them share their listeners. */
const OWNER = Symbol("owner");

interface OwnedDuplex extends Duplex {
  [OWNER]: NodeSocket;
}

function onRawClose(this: Duplex): void {
  (this as OwnedDuplex)[OWNER].lost();
}

function onRawEnd(this: Duplex): void {
  (this as OwnedDuplex)[OWNER].ended();
}

function ownerOf(ws: WebSocket): NodeSocket {
  return (ws as OwnedWebSocket).owner;
}

function onMessage(this: WebSocket, data: Buffer, isBinary: boolean): void {
  ownerOf(this).received(isBinary ? data : data.toString());
}

function onPong(this: WebSocket): void {
  ownerOf(this).isAlive = true;
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  ownerOf(this).over(code, reason.toString());
}

/** A broken connection or frame is followed by `close`, which is where it is handled. */
function ignoreUntilClose(): void {}
