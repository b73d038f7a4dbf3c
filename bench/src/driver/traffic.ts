/**
 * What goes over the wire in one room, both ways, as bytes made beforehand.
 *
 * Messages are numbered, and everybody in a room is to get the same bytes in the
 * same order, so checking a client is comparing what it received with the bytes
 * it should have received. The stream repeats after `PERIOD` messages; a gap of
 * exactly that many would show in the count.
 */
import type { Dialect } from "./dialects.ts";

/** How long a message is unless a scenario says otherwise. */
export const PAYLOAD_BYTES = 64;

/** The most that is compared at once. */
export const MAX_CHUNK_BYTES = 65_536;
const MIN_PERIOD = 64;

const TEXT = 0x1;
const FINAL = 0x80;
const MASKED = 0x80;
const LENGTH_7_MAX = 125;
const LENGTH_16 = 126;
/** A key that changes every byte, so that servers have to unmask. */
const MASK: readonly number[] = [0x37, 0xfa, 0x21, 0x3d];

/** The bytes of one room. */
export class Traffic {
  /** What every member receives: two periods, so that a chunk can be compared from anywhere in the first. */
  readonly incoming: Buffer;
  readonly incomingFrameBytes: number;
  readonly periodBytes: number;
  /** What the sender writes: one period. */
  readonly #outgoing: Buffer;
  readonly #outgoingFrameBytes: number;

  constructor(dialect: Dialect, room: string, payloadBytes: number) {
    const length = Math.max(MIN_PERIOD, Math.ceil(MAX_CHUNK_BYTES / payloadBytes));
    const contents = Array.from({ length }, (_, index) => dialect.message(payload(room, index, payloadBytes)));
    const period = Buffer.concat(contents.map((content) => textFrame(content)));
    this.incoming = Buffer.concat([period, period]);
    this.periodBytes = period.length;
    this.incomingFrameBytes = period.length / length;
    this.#outgoing = Buffer.concat(contents.map((content) => maskedTextFrame(content)));
    this.#outgoingFrameBytes = this.#outgoing.length / length;
  }

  /** What the sender writes for `count` messages from the one numbered `first` on, in as few buffers as can be. */
  outgoing(first: number, count: number): Generator<Buffer> {
    return slices(this.#outgoing, this.#outgoingFrameBytes, first, count);
  }

  /** What every member receives for them. */
  expected(first: number, count: number): Generator<Buffer> {
    return slices(this.incoming.subarray(0, this.periodBytes), this.incomingFrameBytes, first, count);
  }
}

/** So many frames of an endless repetition of `frames`. */
function* slices(frames: Buffer, frameBytes: number, first: number, count: number): Generator<Buffer> {
  let begin = (first * frameBytes) % frames.length;
  for (let left = count * frameBytes; left > 0;) {
    const taken = Math.min(left, frames.length - begin);
    yield frames.subarray(begin, begin + taken);
    left -= taken;
    begin = 0;
  }
}

/** A text frame as servers send it (RFC 6455). */
function textFrame(text: string): Buffer {
  const content = Buffer.from(text);
  return Buffer.concat([header(TEXT, 0, content.length), content]);
}

/** A text frame as clients have to send it. */
export function maskedTextFrame(text: string): Buffer {
  return maskedFrame(TEXT, Buffer.from(text));
}

/** Any frame as clients have to send it. */
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
