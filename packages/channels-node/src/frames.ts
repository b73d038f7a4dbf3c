/** Encodes WebSocket frames of a server (RFC 6455 §5.2): unmasked, final and uncompressed. */
import type { FrameData } from "@lobby/channels";
import type { FrameBatch, FrameCodec } from "@lobby/channels/server";

const TEXT = 0x81;
const BINARY = 0x82;
/** The values of the 7-bit payload length that announce a length field of 16 or 64 bits. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;

const EMPTY = Buffer.alloc(0);

/** An empty ping frame, shared by all connections. */
export const PING: Buffer = Buffer.of(0x89, 0);

/** Returns the sizes of the header and the payload of a frame. */
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

/** A batch of frames in one growing buffer. Every range of frames is one contiguous slice. */
class FrameBuffer implements FrameBatch<Buffer> {
  #bytes: Buffer = EMPTY;
  /** The offset at which each frame ends. */
  #ends: number[] = [];

  append(data: FrameData): number {
    const { headerBytes, payloadBytes } = sizeOf(data);
    const start = this.#ends.at(-1) ?? 0;
    const end = start + headerBytes + payloadBytes;
    if (end > this.#bytes.length) {
      // Earlier slices keep the old buffer.
      const larger = Buffer.allocUnsafe(start === 0 ? end : Math.max(end, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, start);
      this.#bytes = larger;
    }
    writeFrame(this.#bytes, start, data, headerBytes, payloadBytes);
    this.#ends.push(end);
    return headerBytes + payloadBytes;
  }

  drop(count: number): void {
    const start = this.#ends[count - 1] ?? 0;
    // Copies the rest, because earlier slices keep the old buffer.
    this.#bytes = Buffer.from(this.#bytes.subarray(start, this.#ends.at(-1)));
    this.#ends = this.#ends.slice(count).map((end) => end - start);
  }

  slice(from: number, to: number): Buffer {
    return this.#bytes.subarray(from === 0 ? 0 : this.#ends[from - 1], this.#ends[to - 1]);
  }
}

/** The codec for WebSocket frames. A frame is one buffer of header and payload, so a socket needs one write. */
export const webSocketFrames: FrameCodec<Buffer> = {
  encode(data: FrameData): Buffer {
    const { headerBytes, payloadBytes } = sizeOf(data);
    const frame = Buffer.allocUnsafe(headerBytes + payloadBytes);
    writeFrame(frame, 0, data, headerBytes, payloadBytes);
    return frame;
  },
  batch: () => new FrameBuffer(),
  join: (frames) => Buffer.concat(frames),
  sizeOf: (frame) => frame.length,
};
