import type { IncomingMessage, ServerResponse } from "node:http";
import type { Denial } from "@lobby/channels";
import type { RequestBody } from "./request-body.ts";

/** The reasons of request signals. A new error for each request would cost a stack. */
const LEFT = new DOMException("The client left.", "AbortError");
const ANSWERED = new DOMException("The request has been answered.", "AbortError");

/** A denial that follows an answer and ends the connection, because the server cannot take what the client sent next. */
export interface LastWord {
  readonly denial: Denial;
  /** The denied request. Absent when its head is malformed. */
  readonly request?: IncomingMessage;
}

/** A request and its answer. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The bytes that the connection had received when the request arrived behind another one; otherwise 0. */
  readonly receivedBytes: number;
  lastWord: LastWord | undefined;
  /** Whether the answer is an event stream, which its client ends by leaving. */
  isEndless = false;
  /** The status of the failure that broke off an answer that had begun. */
  failedStatus: number | undefined;
  /** The bytes of the connection that have been taken when the body stopped it; undefined while it does not. */
  stuckAtBytes: number | undefined;
  stuckSinceMs = 0;
  /** What took too long for a client that has ended its half of the connection: to begin the answer, or to send it. */
  overdue: "begin" | "send" | undefined;
  #controller: AbortController | undefined;
  #body: RequestBody | undefined;
  #bodyError: Error | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, receivedBytes: number) {
    this.request = request;
    this.response = response;
    this.receivedBytes = receivedBytes;
  }

  /** Creates the signal of the request, which aborts when the client leaves and after the answer. */
  openSignal(): AbortSignal {
    const { response } = this;
    const controller = new AbortController();
    this.#controller = controller;
    // Signals that depend on this one, such as those of `AbortSignal.any`, stay in memory until it aborts.
    response.once("close", () => controller.abort(response.writableFinished ? ANSWERED : LEFT));
    return controller.signal;
  }

  /** Tells the application that the client has left. */
  leave(): void {
    this.#controller?.abort(LEFT);
  }

  /** Keeps the body, so that `failBody` reaches it. */
  useBody(body: RequestBody): void {
    this.#body = body;
    if (this.#bodyError !== undefined) body.fail(this.#bodyError);
  }

  /** Fails the body, also before the exchange begins, and drops the rest of it. */
  failBody(error: Error): void {
    this.#bodyError = error;
    this.#body?.fail(error);
    this.request.resume();
  }
}
