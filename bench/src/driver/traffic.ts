import type { WireProtocol } from "./wire-protocol.ts";

/** The length of a message, unless a scenario sets another. */
export const PAYLOAD_BYTES = 64;

/** The most bytes that a client reads and compares at once. */
export const MAX_CHUNK_BYTES = 65_536;
const MIN_PERIOD_MESSAGES = 64;

const TEXT = 0x1;
const FINAL = 0x80;
const MASKED = 0x80;
const LENGTH_7_MAX = 125;
const LENGTH_16 = 126;
/** A masking key without a zero byte, so that unmasking changes every byte. */
const MASK: readonly number[] = [0x37, 0xfa, 0x21, 0x3d];

/**
 * The byte streams of one room in both directions, prepared in advance.
 *
 * Messages are numbered, and a server must send every member the same bytes in the same order. So a client
 * checks the stream by comparing bytes. The stream repeats after one period; the message count reveals a gap
 * of a whole period.
 */
export class Traffic {
  /** The bytes that every member receives: two periods, so that a chunk may start anywhere in the first. */
  readonly incoming: Buffer;
  readonly incomingFrameBytes: number;
  readonly periodBytes: number;
  /** The bytes that the sender writes: one period. */
  readonly #outgoing: Buffer;
  readonly #outgoingFrameBytes: number;

  constructor(protocol: WireProtocol, room: string, payloadBytes: number) {
    const length = Math.max(MIN_PERIOD_MESSAGES, Math.ceil(MAX_CHUNK_BYTES / payloadBytes));
    const contents = Array.from({ length }, (_, index) => protocol.message(payload(room, index, payloadBytes)));
    const period = Buffer.concat(contents.map((content) => textFrame(content)));
    this.incoming = Buffer.concat([period, period]);
    this.periodBytes = period.length;
    this.incomingFrameBytes = period.length / length;
    this.#outgoing = Buffer.concat(contents.map((content) => maskedTextFrame(content)));
    this.#outgoingFrameBytes = this.#outgoing.length / length;
  }

  /** Yields the bytes that the sender writes for `count` messages from number `first`. */
  outgoing(first: number, count: number): Generator<Buffer> {
    return slices(this.#outgoing, this.#outgoingFrameBytes, first, count);
  }

  /** Yields the bytes that every member receives for these messages. */
  expected(first: number, count: number): Generator<Buffer> {
    return slices(this.incoming.subarray(0, this.periodBytes), this.incomingFrameBytes, first, count);
  }
}

/** Yields `count` frames of an endless repetition of `frames`, in as few buffers as possible. */
function* slices(frames: Buffer, frameBytes: number, first: number, count: number): Generator<Buffer> {
  let start = (first * frameBytes) % frames.length;
  for (let remaining = count * frameBytes; remaining > 0;) {
    const bytes = Math.min(remaining, frames.length - start);
    yield frames.subarray(start, start + bytes);
    remaining -= bytes;
    start = 0;
  }
}

/** Returns an unmasked text frame, as servers send it (RFC 6455). */
function textFrame(text: string): Buffer {
  const content = Buffer.from(text);
  return Buffer.concat([header(TEXT, 0, content.length), content]);
}

/** Returns a masked text frame, as clients must send it. */
export function maskedTextFrame(text: string): Buffer {
  return maskedFrame(TEXT, Buffer.from(text));
}

/** Returns a masked frame with any opcode. */
export function maskedFrame(opcode: number, content: Buffer): Buffer {
  const masked = content.map((byte, index) => byte ^ (MASK[index & 3] as number));
  return Buffer.concat([header(opcode, MASKED, content.length), Buffer.from(MASK), masked]);
}

function header(opcode: number, maskBit: number, length: number): Buffer {
  if (length <= LENGTH_7_MAX) return Buffer.of(FINAL | opcode, maskBit | length);
  return Buffer.of(FINAL | opcode, maskBit | LENGTH_16, length >> 8, length & 0xff);
}

function payload(room: string, index: number, bytes: number): string {
  return `${String(index).padStart(8, "0")} ${room} `.padEnd(bytes, ".");
}
