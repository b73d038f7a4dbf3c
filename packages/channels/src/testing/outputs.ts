/** The outputs of an application, as a client that reads when the test does. */
import { DRAINED_BYTES } from "../application/socket.ts";
import type { FrameData } from "../fanout/codec.ts";
import { Inbox } from "./inbox.ts";

/** One output of an application. */
export type Output =
  | { readonly kind: "frame"; readonly data: FrameData }
  | { readonly kind: "close"; readonly code: number; readonly reason: string };

/** A queue of outputs that the test has yet to take. It counts the bytes of the frames. */
export class Outputs {
  readonly #inbox = new Inbox<Output>();
  #bytes = 0;
  #hasEnded = false;
  #drained: PromiseWithResolvers<void> | undefined;

  push(output: Output): void {
    if (output.kind === "frame") this.#bytes += output.data.length;
    this.#inbox.push(output);
  }

  /** Returns the next output, as `Inbox.take` does. */
  async take(awaited: string, timeoutMs: number, seen: () => string): Promise<Output> {
    const output = await this.#inbox.take(awaited, timeoutMs, seen);
    if (output.kind === "frame") this.#bytes -= output.data.length;
    if (this.#isDrained) this.#resolveDrained();
    return output;
  }

  /** The number of outputs. */
  get size(): number {
    return this.#inbox.size;
  }

  /** The size of the frames that the test has yet to take: characters of text, or bytes. */
  get bufferedBytes(): number {
    return this.#bytes;
  }

  /** Resolves once less than 64 KiB wait for the test, or the connection has ended. */
  async drained(): Promise<void> {
    if (this.#isDrained) return;
    this.#drained ??= Promise.withResolvers();
    await this.#drained.promise;
  }

  /** Ends the waits for the test, because the connection has ended. */
  end(): void {
    this.#hasEnded = true;
    this.#resolveDrained();
  }

  #resolveDrained(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  get #isDrained(): boolean {
    return this.#hasEnded || this.#bytes < DRAINED_BYTES;
  }
}
