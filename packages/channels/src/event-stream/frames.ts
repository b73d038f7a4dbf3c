/**
 * Frames as server-sent events (WHATWG HTML, "Server-sent events"): text as
 * messages, bytes as events of the type `binary` in base64. The format knows
 * one kind of line break, so each of them reaches the client as `\n`.
 */
import { toBase64 } from "../internal/base64.ts";
import { join } from "../internal/bytes.ts";
import type { FrameData } from "../fanout/codec.ts";
import type { FrameBatch, FrameCodec } from "../fanout/codec.ts";

const encoder = new TextEncoder();

/** A comment, which clients ignore and proxies count as a sign of life. */
export const HEARTBEAT: Uint8Array = encoder.encode(":\n\n");

/** After how long a client comes back by itself: at least this, and up to so much more, so that not all come at once. */
const MIN_RETRY_MS = 1_000;
const RETRY_SPREAD_MS = 4_000;

/** The first event: the id of the connection. */
export function connectionEvent(id: string): Uint8Array {
  const retryMs = MIN_RETRY_MS + Math.floor(Math.random() * RETRY_SPREAD_MS);
  return encoder.encode(`retry: ${retryMs}\nevent: connection\ndata: ${JSON.stringify({ id })}\n\n`);
}

/** The last event. */
export function closeEvent(code: number, reason: string): Uint8Array {
  return encoder.encode(`event: close\ndata: ${JSON.stringify({ code, reason })}\n\n`);
}

function eventOf(data: FrameData): string {
  if (typeof data !== "string") return `event: binary\ndata: ${toBase64(data)}\n\n`;
  return `data: ${data.replaceAll(/\r\n?|\n/g, "\ndata: ")}\n\n`;
}

/** Events in order, of which every part can be written as it stands. */
class EventBatch implements FrameBatch<Uint8Array> {
  readonly #events: string[] = [];

  append(data: FrameData): void {
    this.#events.push(eventOf(data));
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
};
