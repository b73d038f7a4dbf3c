/**
 * Encodes frames as server-sent events (WHATWG HTML, "Server-sent events"). Text becomes an event without a type, and
 * bytes become an event of the type `binary` in base64. The format has one kind of line break, so clients receive every
 * line break as `\n`.
 */
import { toBase64 } from "../internal/base64.ts";
import { join } from "../internal/bytes.ts";
import type { FrameBatch, FrameCodec, FrameData } from "../fanout/codec.ts";

const encoder = new TextEncoder();

/** A heartbeat: a comment, which clients ignore and which keeps proxies from closing the connection. */
export const HEARTBEAT: Uint8Array = encoder.encode(":\n\n");

/** The shortest delay before a client reconnects. A random part is added, so that clients do not reconnect together. */
const MIN_RETRY_MS = 1_000;
const RETRY_SPREAD_MS = 4_000;

/** Returns the first event, with the id of the connection and the delay before a reconnection. */
export function connectionEvent(id: string): Uint8Array {
  const retryMs = MIN_RETRY_MS + Math.floor(Math.random() * RETRY_SPREAD_MS);
  return encoder.encode(`retry: ${retryMs}\nevent: connection\ndata: ${JSON.stringify({ id })}\n\n`);
}

/** Returns the last event, with the close code and the reason. */
export function closeEvent(code: number, reason: string): Uint8Array {
  return encoder.encode(`event: close\ndata: ${JSON.stringify({ code, reason })}\n\n`);
}

function eventOf(data: FrameData): string {
  if (typeof data !== "string") return `event: binary\ndata: ${toBase64(data)}\n\n`;
  return `data: ${data.replaceAll(/\r\n?|\n/g, "\ndata: ")}\n\n`;
}

/** A sequence of events. */
class EventBatch implements FrameBatch<Uint8Array> {
  readonly #events: string[] = [];

  append(data: FrameData): number {
    const event = eventOf(data);
    this.#events.push(event);
    return event.length;
  }

  drop(count: number): void {
    this.#events.splice(0, count);
  }

  slice(from: number, to: number): Uint8Array {
    return encoder.encode(this.#events.slice(from, to).join(""));
  }
}

/** The codec of event streams. */
export const eventStreamFrames: FrameCodec<Uint8Array> = {
  encode: (data) => encoder.encode(eventOf(data)),
  batch: () => new EventBatch(),
  join,
  sizeOf: (frame) => frame.length,
};
