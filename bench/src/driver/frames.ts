/** Reading server frames one by one, for the few that are not a room's messages. */

export const PING = 0x9;
export const PONG = 0xa;
export const CLOSE = 0x8;

const LENGTH_16 = 126;
const LENGTH_64 = 127;

export interface Frame {
  readonly opcode: number;
  readonly content: Buffer;
  /** Its length on the wire. */
  readonly bytes: number;
}

/** The frame that a buffer begins with, or undefined when it is not complete. */
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
