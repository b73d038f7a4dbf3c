/** WebSocket frames of a server (RFC 6455 §5.2): unmasked, final, uncompressed. */
import type { FrameData } from "@lobby/channels";
import type { FrameBatch, FrameCodec } from "@lobby/channels/server";

const TEXT = 0x81;
const BINARY = 0x82;
/** The payload length has 7 bits; these values say that 16 or 64 more follow. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;

const EMPTY = Buffer.alloc(0);

/** A ping without content, the same for everybody. */
export const PING: Buffer = Buffer.of(0x89, 0);

/** How many bytes a frame takes, and how many of them are its header. */
function sizeOf(data: FrameData): { readonly headerBytes: number; readonly payloadBytes: number } {
  const payloadBytes = typeof data === "string" ? Buffer.byteLength(data) : data.byteLength;
  return { headerBytes: payloadBytes < LENGTH_16 ? 2 : payloadBytes < 65_536 ? 4 : 10, payloadBytes };
}

function writeFrame(target: Buffer, at: number, data: FrameData, headerBytes: number, payloadBytes: number): void {
  const isText = typeof data === "string";
  target[at] = isText ? TEXT : BINARY;
  if (headerBytes === 2) {
    target[at + 1] = payloadBytes;
  } else if (headerBytes === 4) {
    target[at + 1] = LENGTH_16;
    target.writeUInt16BE(payloadBytes, at + 2);
  } else {
    target[at + 1] = LENGTH_64;
    target.writeBigUInt64BE(BigInt(payloadBytes), at + 2);
  }
  if (isText) target.write(data, at + headerBytes, payloadBytes, "utf8");
  else target.set(data, at + headerBytes);
}

/** Frames in one growing buffer, of which every part can be written as it stands. */
class FrameBuffer implements FrameBatch<Buffer> {
  #bytes: Buffer = EMPTY;
  /** Where each frame ends. */
  #ends: number[] = [];

  append(data: FrameData): void {
    const { headerBytes, payloadBytes } = sizeOf(data);
    const start = this.#ends.at(-1) ?? 0;
    const end = start + headerBytes + payloadBytes;
    if (end > this.#bytes.length) {
      // Parts that were given out keep the buffer they are of.
      const larger = Buffer.allocUnsafe(start === 0 ? end : Math.max(end, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, start);
      this.#bytes = larger;
    }
    writeFrame(this.#bytes, start, data, headerBytes, payloadBytes);
    this.#ends.push(end);
  }

  drop(count: number): void {
    const start = this.#ends[count - 1] ?? 0;
    // A buffer of their own: the old one stays with those who were given parts of it.
    this.#bytes = Buffer.from(this.#bytes.subarray(start, this.#ends.at(-1)));
    this.#ends = this.#ends.slice(count).map((end) => end - start);
  }

  slice(from: number, to: number): Buffer {
    return this.#bytes.subarray(from === 0 ? 0 : this.#ends[from - 1], this.#ends[to - 1]);
  }
}

/** A frame is one buffer, header and payload, so that a socket has one thing to write. */
export const webSocketFrames: FrameCodec<Buffer> = {
  encode(data: FrameData): Buffer {
    const { headerBytes, payloadBytes } = sizeOf(data);
    const frame = Buffer.allocUnsafe(headerBytes + payloadBytes);
    writeFrame(frame, 0, data, headerBytes, payloadBytes);
    return frame;
  },
  batch: () => new FrameBuffer(),
  join: (frames) => Buffer.concat(frames),
};
