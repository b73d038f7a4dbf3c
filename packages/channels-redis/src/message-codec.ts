/** Messages as text: JSON, of a limited size. */
import { InvalidMessageError, MessageTooLargeError, type ChannelMessage } from "@lobby/channels";

/** UTF-8 takes at most so many bytes for a UTF-16 code unit. */
const BYTES_PER_UNIT = 3;

/**
 * @throws {InvalidMessageError} CHANNELS_INVALID_MESSAGE when a `toJSON` in it makes no JSON.
 * @throws {MessageTooLargeError} CHANNELS_MESSAGE_TOO_LARGE
 */
export function encodeMessage(message: ChannelMessage, maxBytes: number): string {
  const text = toJson(message);
  if (text.length * BYTES_PER_UNIT > maxBytes) {
    const sizeBytes = Buffer.byteLength(text);
    if (sizeBytes > maxBytes) throw new MessageTooLargeError(message.type, sizeBytes, maxBytes);
  }
  return text;
}

/** @returns undefined for what no layer of ours has sent. */
export function decodeMessage(text: string): ChannelMessage | undefined {
  try {
    const message = JSON.parse(text) as ChannelMessage | null;
    return typeof message?.type === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}

function toJson(message: ChannelMessage): string {
  try {
    return JSON.stringify(message);
  } catch (error) {
    throw new InvalidMessageError(message, String(error), { cause: error });
  }
}
