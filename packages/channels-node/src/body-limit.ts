import type { IncomingMessage } from "node:http";
import { BodyTooLargeError, type Denial } from "@lobby/channels";
import { bodyDenial } from "@lobby/channels/server";

/** A limit for the size of request bodies. */
export class BodyLimit {
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Returns a denial with 413 when the Content-Length of the request exceeds the limit. */
  denialOf({ headers }: IncomingMessage): Denial | undefined {
    return Number(headers["content-length"]) > this.#maxBytes ? bodyDenial(this.#maxBytes) : undefined;
  }

  /** Returns the request with a body that fails with `BodyTooLargeError` beyond the limit. */
  applyTo(request: Request): Request {
    // `denialOf` has checked a Content-Length, and Node ends the body at that length.
    if (request.body === null || request.headers.has("content-length")) return request;
    const maxBytes = this.#maxBytes;
    let bytes = 0;
    const limit = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw new BodyTooLargeError(maxBytes);
        controller.enqueue(chunk);
      },
    });
    return new Request(request, { method: request.method, body: request.body.pipeThrough(limit), duplex: "half" });
  }
}
