/** Encodes the frames of clients, with optional mistakes, and parses those of servers. */

/** The opcodes of RFC 6455 §5.2. */
export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Unusual properties of a frame. */
export interface FrameOptions {
  readonly isFinal?: boolean;
  readonly isMasked?: boolean;
  /** The three reserved bits: `0b100` is RSV1. Default 0. */
  readonly reserved?: number;
}

const MASK = Buffer.of(0x12, 0x34, 0x56, 0x78);

/** Returns one frame of a client. */
export function clientFrame(opcode: number, content: string | Uint8Array, options: FrameOptions = {}): Buffer {
  const { isFinal = true, isMasked = true, reserved = 0 } = options;
  const payload = Buffer.from(content as string);
  const first = Buffer.of((isFinal ? 0x80 : 0) | (reserved << 4) | opcode);
  const length = lengthBytes(payload.length);
  if (!isMasked) return Buffer.concat([first, length, payload]);
  length.writeUInt8(length.readUInt8(0) | 0x80, 0);
  const masked = payload.map((byte, index) => byte ^ (MASK[index % 4] as number));
  return Buffer.concat([first, length, MASK, masked]);
}

/** Returns a close frame of a client. */
export function clientClose(code: number, reason = ""): Buffer {
  const payload = Buffer.concat([Buffer.alloc(2), Buffer.from(reason)]);
  payload.writeUInt16BE(code, 0);
  return clientFrame(Opcode.close, payload);
}

function lengthBytes(length: number): Buffer {
  if (length < 126) return Buffer.of(length);
  const bytes = Buffer.alloc(length < 65_536 ? 3 : 9);
  bytes.writeUInt8(length < 65_536 ? 126 : 127, 0);
  if (length < 65_536) bytes.writeUInt16BE(length, 1);
  else bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}

/** One frame of a server. */
export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Returns the complete frames at the start of the bytes. */
export function parseServerFrames(bytes: Buffer): ServerFrame[] {
  const frames: ServerFrame[] = [];
  let offset = 0;
  while (offset + 2 <= bytes.length) {
    const short = bytes.readUInt8(offset + 1);
    const headerBytes = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (offset + headerBytes > bytes.length) break;
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(offset + 2) : Number(bytes.readBigUInt64BE(offset + 2));
    const end = offset + headerBytes + length;
    if (end > bytes.length) break;
    frames.push({ opcode: bytes.readUInt8(offset) & 0x0f, payload: bytes.subarray(offset + headerBytes, end) });
    offset = end;
  }
  return frames;
}
