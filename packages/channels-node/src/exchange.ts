import type { IncomingMessage, ServerResponse } from "node:http";
import type { Denial } from "@lobby/channels";
import type { RequestBody } from "./request-body.ts";

/** A request and its answer. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The bytes that the connection had received when the request arrived behind another one; otherwise 0. */
  readonly receivedBytes: number;
  /** The denial that follows the answer, because what the client sent next is malformed. */
  lastWord: Denial | undefined;
  /** Whether the client has ended its half of the connection. */
  hasClientEnded = false;
  #body: RequestBody | undefined;
  #bodyError: Error | undefined;
  #onClientEnd: (() => void) | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, receivedBytes: number) {
    this.request = request;
    this.response = response;
    this.receivedBytes = receivedBytes;
  }

  /** Keeps the body, so that `failBody` reaches it. */
  useBody(body: RequestBody): void {
    this.#body = body;
    if (this.#bodyError !== undefined) body.fail(this.#bodyError);
  }

  /** Fails the body, also before the exchange begins. */
  failBody(error: Error): void {
    this.#bodyError = error;
    this.#body?.fail(error);
  }

  /** Keeps a function to call when the client ends its half of the connection before the answer begins. */
  useClientEnd(onClientEnd: () => void): void {
    this.#onClientEnd = onClientEnd;
    if (this.hasClientEnded) onClientEnd();
  }

  /** Calls the function of `useClientEnd`, also before the exchange begins. */
  clientEnded(): void {
    this.hasClientEnded = true;
    this.#onClientEnd?.();
  }
}
