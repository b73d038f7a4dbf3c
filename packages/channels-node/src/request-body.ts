import type { IncomingMessage, ServerResponse } from "node:http";
import { BodyTooLargeError, BrokenBodyError } from "@lobby/channels";
import { remainingMs } from "./body-pace.ts";
import type { ResolvedOptions } from "./options.ts";

/** Returns whether the head of a request announces a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Returns whether the application can read the body: a fetch `Request` with GET or HEAD has none. */
export function isBodyReadable({ method }: IncomingMessage): boolean {
  return method !== "GET" && method !== "HEAD";
}

/** Returns whether a part of the body has yet to arrive. */
export function isBodyArriving(request: IncomingMessage): boolean {
  return !request.complete && hasBody(request);
}

/** Returns what the client expects before it sends the body, in lower case. HTTP/1.0 has no expectations (RFC 9110 §10.1.1). */
export function expectationOf({ headers, httpVersionMinor }: IncomingMessage): string | undefined {
  return httpVersionMinor === 0 ? undefined : headers.expect?.toLowerCase();
}

/**
 * The body of a request as a stream. Takes bytes from the connection only while the application reads. Fails with
 * `BodyTooLargeError` beyond the limit, and with `BrokenBodyError` when the body breaks off or arrives too slowly. Only the
 * time counts in which the application waits for the client.
 */
export class RequestBody {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #maxBytes: number;
  readonly #timeoutMs: number;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #bytes = 0;
  #waitedMs = 0;
  #waitingSinceMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #isReading = false;
  #hasEnded = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    { maxBodyBytes, requestTimeoutMs }: Pick<ResolvedOptions, "maxBodyBytes" | "requestTimeoutMs">,
  ) {
    this.#request = request;
    this.#response = response;
    this.#maxBytes = maxBodyBytes;
    this.#timeoutMs = requestTimeoutMs;
    this.stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(),
        cancel: () => this.#stop(),
      },
      { highWaterMark: 0 },
    );
  }

  /** Fails the stream, unless the application has read or cancelled it. */
  fail(error: Error): void {
    if (this.#hasEnded) return;
    this.#stop();
    this.#controller.error(error);
  }

  #pull(): void {
    if (!this.#isReading) {
      this.#isReading = true;
      this.#begin();
    }
    if (this.#hasEnded) return;
    this.#startWaiting();
    this.#request.resume();
  }

  #startWaiting(): void {
    // A small body arrives with its head, and needs no timer.
    if (this.#request.complete) return;
    this.#waitingSinceMs = performance.now();
    this.#timer = setTimeout(this.#expire, remainingMs(this.#timeoutMs, this.#waitedMs, this.#bytes));
  }

  #stopWaiting(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waitedMs += performance.now() - this.#waitingSinceMs;
  }

  /** Begins to read. A client that expects 100 sends its body only after it, so a body over the limit never arrives. */
  #begin(): void {
    const { headers, destroyed, readableEnded } = this.#request;
    if (Number(headers["content-length"]) > this.#maxBytes) {
      this.fail(new BodyTooLargeError(this.#maxBytes));
      return;
    }
    if (destroyed && !readableEnded) {
      this.#break();
      return;
    }
    if (expectationOf(this.#request) !== undefined && !this.#response.headersSent) this.#response.writeContinue();
    this.#request.on("data", this.#receive);
    this.#request.once("end", this.#close);
    this.#request.once("close", this.#break);
  }

  #stop(): void {
    this.#hasEnded = true;
    this.#stopWaiting();
    this.#request.off("data", this.#receive);
    this.#request.off("end", this.#close);
    this.#request.off("close", this.#break);
    // The server drops the rest as it arrives: a connection that it does not read hides that the client leaves.
    this.#request.resume();
  }

  readonly #receive = (chunk: Buffer<ArrayBuffer>): void => {
    this.#request.pause();
    this.#stopWaiting();
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) this.fail(new BodyTooLargeError(this.#maxBytes));
    else this.#controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
  };

  readonly #close = (): void => {
    this.#stop();
    this.#controller.close();
  };

  readonly #expire = (): void => this.fail(new BrokenBodyError("took too long", 408));

  readonly #break = (): void => this.fail(new BrokenBodyError("broke off"));
}
