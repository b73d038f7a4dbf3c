import { connect, type Socket } from "node:net";
import { CLOSE, firstFrame, PING, PONG, type Frame } from "./server-frames.ts";
import { maskedFrame, maskedTextFrame, MAX_CHUNK_BYTES, type Traffic } from "./traffic.ts";
import type { WireProtocol } from "./wire-protocol.ts";

/** One buffer for all sockets: a client processes its chunk before the next socket reads. */
const READ_BUFFER = Buffer.allocUnsafeSlow(MAX_CHUNK_BYTES);
const EMPTY = Buffer.alloc(0);
const NORMAL_CLOSURE = Buffer.from([0x03, 0xe8]);

/** Called for each chunk of a room's messages, once the client has checked and counted it. */
export type OnMessages = (client: Client, bytes: number) => void;

export interface ClientOptions {
  /** The name of the client in error messages. */
  readonly name: string;
  readonly port: number;
  /** The source address. One address has too few ports for all clients. */
  readonly localAddress: string;
  readonly protocol: WireProtocol;
  readonly room: string;
  readonly traffic: Traffic;
  readonly onMessages: OnMessages;
  /** Called once, when the server makes a mistake or the connection fails. */
  readonly onFault: (fault: Error) => void;
}

type Phase = "upgrading" | "greeting" | "open" | "closing" | "closed";

/**
 * A WebSocket client on a bare socket that knows in advance which bytes the server must send.
 *
 * It compares each chunk with the expected stream and decodes nothing. It parses frames only where a chunk
 * differs: it answers a ping, records a close frame, and reports anything else as a fault of the server.
 */
export class Client {
  /** Bytes of the room's messages received since the start. */
  receivedBytes = 0;
  /** The close code of the server, when the server closed first. */
  closeCode: number | undefined;
  /** Whether the server dropped the connection without a close frame. */
  isDropped = false;
  readonly #options: ClientOptions;
  readonly #socket: Socket;
  readonly #opened = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  #phase: Phase = "upgrading";
  /** The start of an incomplete frame. */
  #partial: Buffer = EMPTY;
  /** The position of the next byte in the expected stream. */
  #position = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    const { port, localAddress } = options;
    const callback = (length: number): boolean => {
      this.#read(length);
      return true;
    };
    this.#socket = connect({ port, host: "127.0.0.1", localAddress, onread: { buffer: READ_BUFFER, callback } });
    this.#socket.setNoDelay(true);
    this.#socket.once("connect", () => this.#socket.write(this.#request()));
    this.#socket.on("error", ({ message }) => this.#handleLoss(message));
    this.#socket.once("close", () => this.#handleLoss("the server dropped the connection"));
  }

  /** Resolves once the client may send messages. */
  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  /** Resolves once the connection has ended. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  get name(): string {
    return this.#options.name;
  }

  /** The number of messages received, all in order. */
  get received(): number {
    return Math.floor(this.receivedBytes / this.#options.traffic.incomingFrameBytes);
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Starts the closing handshake; `closed` resolves once the server has answered. */
  close(): void {
    if (this.#phase !== "open") return;
    this.#phase = "closing";
    this.#socket.write(maskedFrame(CLOSE, NORMAL_CLOSURE));
  }

  /** Stops reading until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #request(): string {
    const { protocol, room, port } = this.#options;
    const lines = [
      `GET ${protocol.requestTarget(room)} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    return `${lines.join("\r\n")}\r\n\r\n`;
  }

  #read(length: number): void {
    const { incoming, periodBytes } = this.#options.traffic;
    const end = this.#position + length;
    const canCompare = this.#partial.length === 0 && (this.#phase === "open" || this.#phase === "closing");
    if (canCompare && READ_BUFFER.compare(incoming, this.#position, end, 0, length) === 0) {
      this.#position = end < periodBytes ? end : end - periodBytes;
      this.receivedBytes += length;
      this.#options.onMessages(this, length);
    } else {
      this.#readFrames(READ_BUFFER.subarray(0, length));
    }
  }

  /** Consumes complete frames and keeps the rest for the next chunk. */
  #readFrames(chunk: Buffer): void {
    const receivedBefore = this.receivedBytes;
    let rest = Buffer.concat([this.#rewind(), this.#partial, chunk]);
    for (let consumed = -1; consumed !== 0 && this.#phase !== "closed"; rest = rest.subarray(consumed)) {
      consumed = this.#phase === "upgrading" ? this.#consumeUpgrade(rest) : this.#consumeFrame(rest);
    }
    if (this.#phase === "closed") return;
    this.#partial = this.#isExpected(rest) ? EMPTY : Buffer.from(rest);
    if (this.#partial.length === 0) this.#advance(rest.length);
    this.#options.onMessages(this, this.receivedBytes - receivedBefore);
  }

  /** Moves back to the start of the current frame. @returns The bytes of it that the client had consumed. */
  #rewind(): Buffer {
    const { incoming, incomingFrameBytes } = this.#options.traffic;
    const bytes = this.#position % incomingFrameBytes;
    this.#position -= bytes;
    this.receivedBytes -= bytes;
    return incoming.subarray(this.#position, this.#position + bytes);
  }

  #advance(bytes: number): void {
    this.#position = (this.#position + bytes) % this.#options.traffic.periodBytes;
    this.receivedBytes += bytes;
  }

  #isExpected(bytes: Buffer): boolean {
    const { incoming } = this.#options.traffic;
    return bytes.compare(incoming, this.#position, this.#position + bytes.length) === 0;
  }

  /** Consumes the server's reply to the handshake. @returns The number of bytes consumed. */
  #consumeUpgrade(bytes: Buffer): number {
    const end = bytes.indexOf("\r\n\r\n");
    if (end === -1) return 0;
    const status = bytes.toString("latin1", 0, bytes.indexOf("\r\n"));
    if (!status.startsWith("HTTP/1.1 101 ")) this.#fail(`the server answered the handshake with ${status}`);
    else if (this.#options.protocol.hasGreeting) this.#phase = "greeting";
    else this.#open();
    return end + 4;
  }

  /** Consumes one frame. @returns Its number of bytes, or 0 when it is incomplete. */
  #consumeFrame(bytes: Buffer): number {
    const frame = firstFrame(bytes);
    if (frame === undefined) return 0;
    const isMessage = this.#phase !== "greeting" && this.#isExpected(bytes.subarray(0, frame.bytes));
    if (isMessage) this.#advance(frame.bytes);
    else this.#handleOther(frame);
    return frame.bytes;
  }

  #handleOther({ opcode, content }: Frame): void {
    if (opcode === PING) {
      this.#socket.write(maskedFrame(PONG, content));
    } else if (opcode === CLOSE) {
      if (this.#phase === "closing") return void this.#socket.end();
      this.closeCode = content.length < 2 ? 1005 : content.readUInt16BE(0);
      this.#fail(`the server closed the connection with ${this.closeCode}`);
    } else if (this.#phase === "greeting") {
      const { reply, isOpen = false } = this.#options.protocol.greet(content.toString());
      if (reply !== undefined) this.#socket.write(maskedTextFrame(reply));
      if (isOpen) this.#open();
    } else {
      const reply = this.#options.protocol.answer(content.toString());
      if (reply !== undefined) this.#socket.write(maskedTextFrame(reply));
      else this.#fail(`expected message ${this.received}, got ${JSON.stringify(content.toString("latin1", 0, 40))}`);
    }
  }

  #open(): void {
    this.#phase = "open";
    this.#opened.resolve();
  }

  #fail(reason: string): void {
    if (this.#phase === "closed") return;
    this.#end();
    this.#options.onFault(new Error(`${this.#options.name}: ${reason}`));
    this.#socket.destroy();
  }

  #handleLoss(reason: string): void {
    if (this.#phase === "open") this.isDropped = true;
    if (this.#phase !== "closing") this.#fail(reason);
    this.#end();
  }

  #end(): void {
    this.#phase = "closed";
    this.#closed.resolve();
  }
}
