/** A parser for server frames (RFC 6455), for the few frames that carry no message of the room. */

export const PING = 0x9;
export const PONG = 0xa;
export const CLOSE = 0x8;

const LENGTH_16 = 126;
const LENGTH_64 = 127;

export interface Frame {
  readonly opcode: number;
  readonly content: Buffer;
  /** The length of header and content. */
  readonly bytes: number;
}

/** Returns the first frame in a buffer, or undefined when the frame is incomplete. */
export function firstFrame(buffer: Buffer): Frame | undefined {
  if (buffer.length < 2) return undefined;
  const opcode = buffer.readUInt8(0) & 0x0f;
  const short = buffer.readUInt8(1);
  const headerBytes = short < LENGTH_16 ? 2 : short === LENGTH_64 ? 10 : 4;
  if (buffer.length < headerBytes) return undefined;
  const length =
    short < LENGTH_16 ? short : short === LENGTH_64 ? Number(buffer.readBigUInt64BE(2)) : buffer.readUInt16BE(2);
  const bytes = headerBytes + length;
  return buffer.length < bytes ? undefined : { opcode, content: buffer.subarray(headerBytes, bytes), bytes };
}
