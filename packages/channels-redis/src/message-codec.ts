/** Encodes messages as JSON text of a limited size, and decodes them. */
import { MessageTooLargeError } from "@lobby/channels/layers";
import type { ChannelMessage } from "@lobby/channels";

/** The most bytes that UTF-8 needs for one UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3;

/**
 * Returns a message as JSON text. The caller has checked that JSON keeps the message.
 * @throws {MessageTooLargeError} CHANNELS_MESSAGE_TOO_LARGE when the text has more than `maxBytes` bytes of UTF-8.
 */
export function encodeMessage(message: ChannelMessage, maxBytes: number): string {
  const text = JSON.stringify(message);
  if (text.length * MAX_BYTES_PER_UNIT > maxBytes) {
    const sizeBytes = Buffer.byteLength(text);
    if (sizeBytes > maxBytes) throw new MessageTooLargeError(message.type, sizeBytes, maxBytes);
  }
  return text;
}

/** Decodes a message. Returns undefined for text that no layer has encoded. */
export function decodeMessage(text: string): ChannelMessage | undefined {
  try {
    const message = JSON.parse(text) as ChannelMessage | null;
    return typeof message?.type === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}
