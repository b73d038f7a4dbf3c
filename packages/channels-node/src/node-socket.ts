import type { Socket } from "node:net";
import { Denial, type ServerSocket, type SocketHandler } from "@lobby/channels";
import {
  BufferGuard,
  closingDenial,
  cutTarget,
  DRAINED_BYTES,
  SLOW_CLIENT_REASON,
  type HeartbeatTarget,
  type ServerFanout,
} from "@lobby/channels/server";
import { CLIENT_LEFT } from "./access-log.ts";
import type { Release } from "./admission.ts";
import { PING } from "./frames.ts";
import type { Handshake } from "./handshake.ts";
import { connectionKey } from "./kernel-queues.ts";
import { SignsOfLife } from "./signs-of-life.ts";
import { dropInput, listenToStream, releaseStream, type OwnedWebSocket, type SocketEvents } from "./socket-events.ts";
import { MAX_CONTROL_FRAMES } from "./upgrader.ts";
import { writeDenial } from "./write-denial.ts";

/** The bytes that a client may send before its handshake is answered. RFC 6455 §4.1 allows none. */
const MAX_EARLY_BYTES = 65_536;

const NO_BYTES = Buffer.alloc(0);

/** The owner of sockets, with the parts that they share. */
export interface SocketOwner {
  readonly fanout: ServerFanout<Buffer>;
  readonly maxBufferedBytes: number;
  readonly slowClientCloseCode: number;
  /** The number of beats that a download may have without a sign of life. */
  readonly patienceBeats: number;
  /** Answers a handshake with 101 and returns the open socket; undefined when the request is invalid. */
  upgrade(handshake: Handshake, stream: Socket, subprotocol: string | undefined): OwnedWebSocket | undefined;
  /** Returns the sentence for a client whose frame breaks a limit or the protocol, by close code. */
  refusalReason(code: number): string;
  /** Reads how many bytes the kernel has yet to deliver, and then calls `look`. */
  scheduleLook(socket: NodeSocket): void;
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
  readonly #stream: Socket;
  /** Undefined once the handshake is answered. */
  #handshake: Handshake | undefined;
  #ws: OwnedWebSocket | undefined;
  #handler: SocketHandler | undefined;
  #signs: SignsOfLife | undefined;
  /** The bytes that the client sent before its handshake was answered. */
  #earlyBytes: Buffer[] | undefined;
  /** The pings and pongs of the client since the last beat without an unfinished message. */
  #controlFrames = 0;
  /** Whether the connection is open and neither side has started to close it. */
  #isWritable = false;
  /** Whether the last write exceeded the stream's high-water mark. */
  #isBackedUp = false;
  /** Undefined until a write first exceeds the high-water mark. */
  #guard: BufferGuard | undefined;
  #isClosing = false;
  /** The close code for a client that broke the protocol or a limit. */
  #violationCode: number | undefined;
  #hasEnded = false;

  constructor(owner: SocketOwner, handshake: Handshake, clientAddress: string) {
    this.#owner = owner;
    this.fanout = owner.fanout;
    this.#stream = handshake.request.socket;
    this.#handshake = handshake;
    this.method = handshake.request.method ?? "";
    this.target = cutTarget(handshake.request.url ?? "/");
    this.clientAddress = clientAddress;
    if (handshake.head.length > 0) this.#earlyBytes = [handshake.head];
    listenToStream(this.#stream, this);
  }

  /** Whether the socket has accepted the handshake. */
  get hasOpened(): boolean {
    return this.#ws !== undefined;
  }

  /** Whether the server has answered the handshake. */
  get isAnswered(): boolean {
    return this.#handshake === undefined;
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
    const handshake = { ...this.#handshake, head: Buffer.concat(this.#earlyBytes ?? []) };
    this.#handshake = undefined;
    this.#earlyBytes = undefined;
    releaseStream(this.#stream);
    const ws = this.#owner.upgrade(handshake, this.#stream, subprotocol);
    if (ws === undefined) {
      // The client left a moment ago, so `ws` has cut the connection.
      this.#owner.answered(this, CLIENT_LEFT);
      this.#handler?.closing();
      return;
    }
    this.#ws = ws;
    this.#isWritable = true;
    this.#signs = new SignsOfLife(this.#stream);
    ws.owner = this;
    this.#stream.resume();
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
    this.#earlyBytes = undefined;
    writeDenial(this.#stream, denial, handshake.reply);
    this.#owner.answered(this, denial.status);
    this.#handler?.closing();
  }

  write(frame: Buffer): void {
    if (!this.#isWritable || (this.#isBackedUp && this.#closeIfTooSlow())) return;
    if (this.#stream.write(frame)) this.#isBackedUp = false;
    else if (!this.#isBackedUp) this.#backUp();
  }

  get bufferedBytes(): number {
    return this.#stream.writableLength;
  }

  async drained(): Promise<void> {
    while (this.#isWritable && this.#stream.writableLength >= DRAINED_BYTES) {
      // Node calls back when it has written the bytes before, and also when it has destroyed the stream.
      await new Promise<void>((resolve) => void this.#stream.write(NO_BYTES, () => resolve()));
    }
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
    // The fragments of an unfinished message keep the reads with the control frames between them in memory.
    if (this.#ws?.hasUnfinishedMessage !== true) this.#controlFrames = 0;
    switch (this.#signs?.beat(this.#ws?.isPaused === false)) {
      case "ping":
        if (!this.#isWritable) return;
        this.#stream.write(PING);
        this.#signs.pinged();
        return;
      case "look":
        this.#owner.scheduleLook(this);
        return;
      case "dead":
        this.terminate();
    }
  }

  /** Cuts a client that takes too few of the bytes that wait for it. */
  look(sendQueues: ReadonlyMap<string, number>): void {
    const key = connectionKey(this.#stream);
    const queuedBytes = key === undefined ? undefined : sendQueues.get(key);
    if (this.#signs?.isStuck(queuedBytes ?? 0, this.#owner.patienceBeats) === true) this.terminate();
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
    if (!this.#isClosing) this.#handler?.receive(data);
  }

  /** Closes the connection of a client that floods. Each read of 64 KiB stays in memory for a fragment in it. */
  controlReceived(): void {
    this.#controlFrames += 1;
    if (this.#isClosing || this.#controlFrames <= MAX_CONTROL_FRAMES) return;
    this.#violationCode = 1008;
    this.close(1008, "Send fewer pings and pongs");
    dropInput(this.#stream);
  }

  /** Keeps the bytes for `ws`. Denies a client that sends too many. */
  earlyBytesReceived(bytes: Buffer): void {
    if (this.#handshake === undefined) return;
    this.#earlyBytes ??= [];
    this.#earlyBytes.push(bytes);
    if (this.#earlyBytes.reduce((sum, { length }) => sum + length, 0) <= MAX_EARLY_BYTES) return;
    this.deny(new Denial(400, "Send no frames before the answer to the handshake."));
  }

  refusalReason(code: number): string {
    return this.#owner.refusalReason(code);
  }

  closeStarted(code: number | undefined, isRefusal: boolean): void {
    if (isRefusal && !this.#isClosing) this.#violationCode = code;
    this.#isClosing = true;
    this.#isWritable = false;
    this.#handler?.closing();
  }

  closed(endCode: number, reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    // A client that broke the protocol may not answer the close frame; the server's close code names its mistake.
    const code = endCode === 1006 ? (this.#violationCode ?? endCode) : endCode;
    this.#guard?.stop();
    this.#handler?.close(code, reason);
    this.#owner.ended(this, code);
  }

  /** Denies an unanswered handshake, because a client that has ended its half cannot open a WebSocket. */
  clientEnded(): void {
    this.deny(new Denial(400, "Keep both directions of the connection open for a WebSocket."));
  }

  streamClosed(): void {
    this.#isWritable = false;
    // The `ws` socket, if there is one, emits its own close event with the code.
    if (this.#ws === undefined) this.closed(1006, "");
  }

  /** Closes the connection when too many bytes wait for the client. Returns whether it did. */
  #closeIfTooSlow(): boolean {
    if (this.#stream.writableCorked > 0) {
      // Corked bytes wait for the server, so they must not count.
      this.#stream.uncork();
      this.#stream.cork();
    }
    const { writableLength } = this.#stream;
    this.#isBackedUp = writableLength >= this.#stream.writableHighWaterMark;
    if (this.#guard?.isExceeded(writableLength, this.fanout.turn) !== true) return false;
    this.#closeSlow();
    return true;
  }

  #backUp(): void {
    const { maxBufferedBytes } = this.#owner;
    this.#isBackedUp = true;
    this.#guard ??= new BufferGuard(maxBufferedBytes, this.fanout.turn, () => {
      if (this.#isWritable && this.#stream.writableLength > maxBufferedBytes) this.#closeSlow();
    });
    this.#guard.filled(this.fanout.turn);
  }

  #closeSlow(): void {
    this.close(this.#owner.slowClientCloseCode, SLOW_CLIENT_REASON);
  }
}
