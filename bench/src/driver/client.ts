/**
 * One client: a bare socket that knows which bytes have to come.
 *
 * What is read is compared with the expected stream where it lies, a whole
 * chunk at a time, and nothing is decoded or kept. Only where a chunk differs
 * is it looked at frame by frame: a ping is answered, a close is noted, and
 * anything else is a fault of the server.
 */
import { connect, type Socket } from "node:net";
import type { Dialect } from "./dialects.ts";
import { CLOSE, firstFrame, PING, PONG, type Frame } from "./frames.ts";
import { maskedFrame, maskedTextFrame, MAX_CHUNK_BYTES, type Traffic } from "./traffic.ts";

/** All sockets read into the same memory: it is used up before the next one reads. */
const READ_BUFFER = Buffer.allocUnsafeSlow(MAX_CHUNK_BYTES);
const NOTHING = Buffer.alloc(0);
const NORMAL_CLOSURE = Buffer.from([0x03, 0xe8]);

/** Told of each chunk of a room's messages, once it is checked and counted. */
export type OnMessages = (client: Client, bytes: number) => void;

export interface ClientOptions {
  /** Who it is, for a fault's message. */
  readonly name: string;
  readonly port: number;
  /** The address to come from; one address has not enough ports for everybody. */
  readonly localAddress: string;
  readonly dialect: Dialect;
  readonly room: string;
  readonly traffic: Traffic;
  readonly onMessages: OnMessages;
  /** Called when it can no longer do what it is there for. */
  readonly onFault: (fault: Error) => void;
}

type Phase = "upgrading" | "greeting" | "open" | "closing" | "closed";

/** See the head of this file. */
export class Client {
  /** Bytes of the room's messages received so far. */
  receivedBytes = 0;
  /** What the server's close frame said, when it came unasked. */
  closeCode: number | undefined;
  /** Whether the server ended the connection without one. */
  isCut = false;
  readonly #options: ClientOptions;
  readonly #socket: Socket;
  readonly #opened = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  #phase: Phase = "upgrading";
  /** The start of something that is not complete. */
  #rest: Buffer = NOTHING;
  /** Where in the expected stream the next byte belongs. */
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
    this.#socket.on("error", ({ message }) => this.#lost(message));
    this.#socket.once("close", () => this.#lost("the server cut the connection"));
  }

  /** Resolves when messages may be sent. */
  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  /** Resolves when the connection is gone. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  get name(): string {
    return this.#options.name;
  }

  /** Messages of the room received so far, all in order. */
  get received(): number {
    return Math.floor(this.receivedBytes / this.#options.traffic.incomingFrameBytes);
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Says goodbye as the protocol wants it; `closed` resolves when the server has answered. */
  close(): void {
    if (this.#phase !== "open") return;
    this.#phase = "closing";
    this.#socket.write(maskedFrame(CLOSE, NORMAL_CLOSURE));
  }

  /** Reads no more until `resume`. */
  stall(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #request(): string {
    const { dialect, room, port } = this.#options;
    const lines = [
      `GET ${dialect.target(room)} HTTP/1.1`,
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
    const isRoom = this.#rest.length === 0 && (this.#phase === "open" || this.#phase === "closing");
    if (isRoom && READ_BUFFER.compare(incoming, this.#position, end, 0, length) === 0) {
      this.#position = end < periodBytes ? end : end - periodBytes;
      this.receivedBytes += length;
      this.#options.onMessages(this, length);
    } else {
      this.#readSlowly(READ_BUFFER.subarray(0, length));
    }
  }

  /** Takes frame by frame what can be taken, and keeps what is not complete. */
  #readSlowly(chunk: Buffer): void {
    const receivedBefore = this.receivedBytes;
    const begun = this.#stepBack();
    let left = Buffer.concat([begun, this.#rest, chunk]);
    for (let taken = -1; taken !== 0 && this.#phase !== "closed"; left = left.subarray(taken)) {
      taken = this.#phase === "upgrading" ? this.#takeUpgrade(left) : this.#takeFrame(left);
    }
    if (this.#phase === "closed") return;
    this.#rest = this.#isExpected(left) ? NOTHING : Buffer.from(left);
    if (this.#rest.length === 0) this.#advance(left.length);
    this.#options.onMessages(this, this.receivedBytes - receivedBefore);
  }

  /** Back to where the frame at hand began; gives the bytes of it that were taken already. */
  #stepBack(): Buffer {
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

  /** @returns How many bytes were taken. */
  #takeUpgrade(bytes: Buffer): number {
    const end = bytes.indexOf("\r\n\r\n");
    if (end === -1) return 0;
    const status = bytes.toString("latin1", 0, bytes.indexOf("\r\n"));
    if (!status.startsWith("HTTP/1.1 101 ")) this.#fail(`the handshake was answered with ${status}`);
    else if (this.#options.dialect.isGreeted) this.#phase = "greeting";
    else this.#open();
    return end + 4;
  }

  /** @returns How many bytes were taken. */
  #takeFrame(bytes: Buffer): number {
    const frame = firstFrame(bytes);
    if (frame === undefined) return 0;
    const isMessage = this.#phase !== "greeting" && this.#isExpected(bytes.subarray(0, frame.bytes));
    if (isMessage) this.#advance(frame.bytes);
    else this.#takeOther(frame);
    return frame.bytes;
  }

  #takeOther({ opcode, content }: Frame): void {
    if (opcode === PING) {
      this.#socket.write(maskedFrame(PONG, content));
    } else if (opcode === CLOSE) {
      if (this.#phase === "closing") return void this.#socket.end();
      this.closeCode = content.length < 2 ? 1005 : content.readUInt16BE(0);
      this.#fail(`the server closed the connection with ${this.closeCode}`);
    } else if (this.#phase === "greeting") {
      const { reply, isOpen = false } = this.#options.dialect.greet(content.toString());
      if (reply !== undefined) this.#socket.write(maskedTextFrame(reply));
      if (isOpen) this.#open();
    } else {
      const reply = this.#options.dialect.answer(content.toString());
      if (reply !== undefined) this.#socket.write(maskedTextFrame(reply));
      else
        this.#fail(
          `message ${this.received} was to come, and not ${JSON.stringify(content.toString("latin1", 0, 40))}`,
        );
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

  #lost(reason: string): void {
    if (this.#phase === "open") this.isCut = true;
    if (this.#phase !== "closing") this.#fail(reason);
    this.#end();
  }

  #end(): void {
    this.#phase = "closed";
    this.#closed.resolve();
  }
}
