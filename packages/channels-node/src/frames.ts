/** WebSocket frames of a server (RFC 6455 §5.2): unmasked, final, uncompressed. */
import type { FrameCodec, FrameData } from "@lobby/channels";

const TEXT = 0x81;
const BINARY = 0x82;
/** The payload length has 7 bits; these values say that 16 or 64 more follow. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** A ping without content, the same for everybody. */
export const PING: Buffer = Buffer.of(0x89, 0);

/** One frame in one buffer, header and payload, so that a socket has one thing to write. */
export const webSocketFrames: FrameCodec<Buffer> = {
  encode(data: FrameData): Buffer {
    const isText = typeof data === "string";
    const payloadBytes = isText ? Buffer.byteLength(data) : data.byteLength;
    const headerBytes = payloadBytes < LENGTH_16 ? 2 : payloadBytes < 65_536 ? 4 : 10;
    const frame = Buffer.allocUnsafe(headerBytes + payloadBytes);
    frame[0] = isText ? TEXT : BINARY;
    if (headerBytes === 2) {
      frame[1] = payloadBytes;
    } else if (headerBytes === 4) {
      frame[1] = LENGTH_16;
      frame.writeUInt16BE(payloadBytes, 2);
    } else {
      frame[1] = LENGTH_64;
      frame.writeBigUInt64BE(BigInt(payloadBytes), 2);
    }
    if (isText) frame.write(data, headerBytes, "utf8");
    else frame.set(data, headerBytes);
    return frame;
  },
  join: (frames) => Buffer.concat(frames),
};
