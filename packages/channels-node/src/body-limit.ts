/** How large the body of a request may be: by what it announces, and by what comes when it announces nothing. */
import type { IncomingMessage } from "node:http";
import { BodyTooLargeError } from "@lobby/channels";

/** Whether a request announces more than it may have. */
export function announcesTooMuch({ headers }: IncomingMessage, maxBytes: number): boolean {
  return Number(headers["content-length"]) > maxBytes;
}

/** The request, whose body rejects with `BodyTooLargeError` when there is more of it. */
export function withBodyLimit(request: Request, maxBytes: number): Request {
  // What has announced its length ends there: Node sees to it.
  if (request.body === null || request.headers.has("content-length")) return request;
  let bytes = 0;
  const limit = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(piece, controller) {
      bytes += piece.length;
      if (bytes > maxBytes) throw new BodyTooLargeError(maxBytes);
      controller.enqueue(piece);
    },
  });
  return new Request(request, { method: request.method, body: request.body.pipeThrough(limit), duplex: "half" });
}
